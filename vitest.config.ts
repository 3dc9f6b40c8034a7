import { defineConfig } from 'vitest/config'
import vue from '@vitejs/plugin-vue'

export default defineConfig({
  plugins: [vue()],
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'test/house/**/*.test.ts'], exclude: ['tools/chromium-host/**'] } },
      { extends: true, test: { name: 'native', include: ['native/**/*.test.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'integration', include: ['test/integration/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false } },
      { extends: true, test: { name: 'host', include: ['tools/chromium-host/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false } },
      { extends: true, test: { name: 'end-to-end', include: ['test/end-to-end/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } }
    ]
  }
})
