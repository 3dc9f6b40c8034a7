import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import vue from '@vitejs/plugin-vue'

// tests start many threads and processes: their TypeScript is stripped and compiled only once
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/mnemo/compiled')

const UNIT_TESTS = ['src/**/*.test.ts', 'tools/**/*.test.ts', 'test/house/**/*.test.ts']
/** Unit tests that replace modules, timers or globals: each of these files has modules of its own. The others share the loaded modules of a worker. */
const APART = UNIT_TESTS.flatMap((pattern) => globSync(pattern, { cwd: import.meta.dirname })).filter((file) =>
  /\bvi\.(mock|doMock|useFakeTimers|stub|spyOn)/.test(readFileSync(join(import.meta.dirname, file), 'utf8'))
)
const UNIT = {
  globalSetup: ['test/support/blank-store.ts'],
  // its JSON is imported in a way that only bundlers support
  server: { deps: { inline: [/@actions\//] } },
  testTimeout: 300_000,
  hookTimeout: 300_000,
  maxWorkers: 2
}

export default defineConfig({
  plugins: [vue()],
  test: {
    // V8 occasionally loses its record of the code that calls from WebAssembly into JavaScript when it recompiles that after 1000 calls, and crashes:
    // "Check failed: jit_page.has_value()" below Runtime_TierUpWasmToJSWrapper, see also nodejs/node#64500. With this budget it never recompiles.
    execArgv: ['--wasm-wrapper-tiering-budget=1000000000'],
    // a ceiling for a busy machine: tests wait for conditions, most of which hold within milliseconds
    expect: { poll: { timeout: 120_000 } },
    projects: [
      {
        extends: true,
        test: {
          ...UNIT,
          name: 'unit',
          include: UNIT_TESTS,
          exclude: ['tools/chromium-host/**', ...APART],
          isolate: false
        }
      },
      { extends: true, test: { ...UNIT, name: 'unit-apart', include: APART } },
      {
        extends: true,
        test: {
          name: 'thorough',
          include: ['test/thorough/**/*.test.ts'],
          globalSetup: ['test/support/blank-store.ts', 'test/support/workers.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2
        }
      },
      { extends: true, test: { name: 'native', include: ['native/**/*.test.ts'], testTimeout: 300_000 } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/blank-store.ts', 'test/support/workers.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false
        }
      },
      {
        extends: true,
        test: { name: 'host', include: ['tools/chromium-host/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false }
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: ['test/support/desktop.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false
        }
      },
      {
        extends: true,
        test: {
          name: 'dist',
          include: ['test/dist/**/*.test.ts'],
          globalSetup: ['test/support/desktop.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false
        }
      }
    ]
  }
})
