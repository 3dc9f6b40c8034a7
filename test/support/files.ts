/** Folders and files shared by tests. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { projectRoot } from '../../src/engine/assets.ts'
import type { StoreFiles } from '../../src/engine/store/database.ts'
import { Store } from '../../src/engine/threads/store.ts'
import { STORE_IN_PROCESS } from './in-process.ts'

export const ROOT = projectRoot()
const source = (path: string): URL => pathToFileURL(join(ROOT, path))
export const WORKER_SOURCE = source('src/engine/threads/worker.ts')
export const TRANSFER_SOURCE = source('src/engine/history-files/worker.ts')
export const MORTAL_SOURCE = source('test/support/mortal-worker.ts')
/** Programs that tests kill. */
export const PROGRAMS = ['encrypting', 'index', 'migrate', 'writer'] as const
/** Environment variable with the folder of bundled workers (workers.ts), a URL with a trailing slash. */
export const BUILT_WORKERS = 'MNEMO_TEST_WORKERS'
const built = process.env[BUILT_WORKERS]
/** Threads of store and transfer: bundled if vitest's global set-up did so, otherwise their sources. */
export const WORKER = built === undefined ? WORKER_SOURCE : new URL('store.mjs', built)
/** Like WORKER, for tests that end it. */
export const MORTAL_WORKER = built === undefined ? MORTAL_SOURCE : new URL('mortal.mjs', built)
export const TRANSFER_WORKER = built === undefined ? TRANSFER_SOURCE : new URL('transfer.mjs', built)
/** Path of a program: bundled like the threads, or its source. */
export const program = (name: (typeof PROGRAMS)[number]): string =>
  fileURLToPath(built === undefined ? source(`test/support/${name}-process.ts`) : new URL(`${name}.mjs`, built))
export const TEST_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'

export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'mnemo-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}

export function storeFiles(folder: string): StoreFiles {
  return {
    file: join(folder, 'messages.db'),
    key: TEST_KEY,
    extension: join(ROOT, 'native/build/Release/mnemo_tokenizer.node'),
    dictionary: join(ROOT, 'resources/words.dat')
  }
}

/** Environment variable with the path of the empty store of this run (blank-store.ts). */
export const BLANK_STORE = 'MNEMO_TEST_STORE'
/** Begins a profile without a store with a copy of the empty one and its key; not on a disk that takes nothing, which the product has to report. */
export function beginStore(folder: string): void {
  const blank = process.env[BLANK_STORE]
  const { file } = storeFiles(folder)
  if (blank === undefined || existsSync(file)) return
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    copyFileSync(blank, file)
    writeFileSync(join(folder, 'store-key'), `${TEST_KEY}\n`, { mode: 0o600 })
  } catch {
    for (const path of [file, join(folder, 'store-key')]) rmSync(path, { force: true })
  }
}

/** Opens a store in the thread of the test. */
export function openStore(folder: string): Promise<Store> {
  beginStore(folder)
  // it cannot hang alone, and a test's clock may run ahead
  return Store.open({ ...storeFiles(folder), worker: STORE_IN_PROCESS, patience: Infinity })
}
/** Opens a store with its own threads, as in the app. */
export function openThreads(folder: string): Promise<Store> {
  beginStore(folder)
  return Store.open({ ...storeFiles(folder), worker: WORKER })
}

export const CORPUS = process.env['MNEMO_CORPUS'] ?? join(ROOT, '../shared/corpus')
export const hasCorpus = existsSync(join(CORPUS, 'sms_zh.tsv.gz'))

/** Real messages: Chinese, then English. */
export function corpus(): { sender: string; time: string; text: string }[] {
  return ['sms_zh.tsv.gz', 'sms_en.tsv.gz'].flatMap((name) =>
    gunzipSync(readFileSync(join(CORPUS, name)))
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [sender = '', time = '', ...text] = line.split('\t')
        return { sender, time, text: text.join('\t') }
      })
  )
}

/** Seeded random generator (mulberry32): the same numbers on every run. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
