import { defineConfig } from 'vitest/config'
import vue from '@vitejs/plugin-vue'

export default defineConfig({
  plugins: [vue()],
  test: {
    // where the processor has memory protection keys V8's bookkeeping of code pages now and then misses one while threads come
    // and go, which tests do by the hundred, and ends the process: "Check failed: jit_page.has_value()", see also nodejs/node#64500
    execArgv: ['--no-memory-protection-keys'],
    // a ceiling for a busy machine: what is waited for is a fact, and most facts come within milliseconds
    expect: { poll: { timeout: 30_000 } },
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'test/house/**/*.test.ts'], exclude: ['tools/chromium-host/**'], testTimeout: 120_000, hookTimeout: 120_000 } },
      { extends: true, test: { name: 'native', include: ['native/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'integration', include: ['test/integration/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false } },
      { extends: true, test: { name: 'host', include: ['tools/chromium-host/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false } },
      { extends: true, test: { name: 'end-to-end', include: ['test/end-to-end/**/*.test.ts'], globalSetup: ['test/support/desktop.ts'], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } }
    ]
  }
})
