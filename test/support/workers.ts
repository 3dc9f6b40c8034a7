/** Bundled threads and programs of tests, as in the app: they start without stripping the types of many files. Vitest's global set-up bundles once per run. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { BUILT_WORKERS, MORTAL_SOURCE, PROGRAMS, ROOT, TRANSFER_SOURCE, WORKER_SOURCE } from './files.ts'

/** Bundles programs by name into a new folder. */
export async function bundled(programs: Record<string, string>): Promise<{ folder: string; remove(): void }> {
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
        input: programs,
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' }
      }
    }
  })
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) }
}
export const THREADS = { store: fileURLToPath(WORKER_SOURCE), transfer: fileURLToPath(TRANSFER_SOURCE) }

/** Bundles the workers into a folder of this run; test workers find it in their environment. */
export async function setup(): Promise<() => void> {
  // several projects of one run share one bundle
  if (process.env[BUILT_WORKERS] !== undefined) return () => undefined
  const programs = Object.fromEntries(PROGRAMS.map((name) => [name, join(ROOT, `test/support/${name}-process.ts`)]))
  const { folder, remove } = await bundled({ ...THREADS, ...programs, mortal: fileURLToPath(MORTAL_SOURCE) })
  process.env[BUILT_WORKERS] = pathToFileURL(`${folder}/`).href
  return remove
}
