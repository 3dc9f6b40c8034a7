/** Bundled thread code, as in the app: a thread starts without stripping the types of many files. Vitest's global set-up bundles once per run. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { BUILT_WORKERS, MORTAL_SOURCE, ROOT, TRANSFER_SOURCE, WORKER_SOURCE } from './files.ts'

/** Bundles both workers into a folder of this run; test workers find it in their environment. */
export async function setup(): Promise<() => void> {
  // several projects of one run share one bundle
  if (process.env[BUILT_WORKERS] !== undefined) return () => undefined
  const cache = join(ROOT, 'node_modules/.cache/mnemo')
  mkdirSync(cache, { recursive: true })
  // inside node_modules, so that better-sqlite3 is found
  const folder = mkdtempSync(join(cache, 'workers-'))
  await build({
    configFile: false,
    logLevel: 'warn',
    root: ROOT,
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: {
      ssr: true,
      target: 'node24',
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: {
        input: { store: fileURLToPath(WORKER_SOURCE), transfer: fileURLToPath(TRANSFER_SOURCE), mortal: fileURLToPath(MORTAL_SOURCE) },
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' }
      }
    }
  })
  process.env[BUILT_WORKERS] = pathToFileURL(`${folder}/`).href
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
