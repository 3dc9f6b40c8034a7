import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { selfSigned } from '../../../test/support/certificate.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import type { Store } from '../threads/store.ts'
import { Downloads, FetchError } from './downloads.ts'

const BOB = 'bob@example.org' as Jid
const FILE = randomBytes(300_000)
let folder: ReturnType<typeof temporaryFolder>
let media: string
let store: Store
let server: Server
let origin = ''
let fingerprint = ''
/** What the server was asked for: the Range of each request, and If-Range. */
let asked: (string | undefined)[][] = []
/** How it answers. */
let plan: { breaksAt?: number; tag?: string | null; content?: Buffer; ignoresRange?: boolean } = {}

/** Something has been stored of what comes after a place. */
async function someIsHere(from: number): Promise<void> {
  await expect
    .poll(() => readdirSync(media).map((name) => statSync(join(media, name)).size), { timeout: 20_000 })
    .toContainEqual(expect.toSatisfy((size: number) => size > from))
}

beforeEach(async () => {
  folder = temporaryFolder()
  media = join(folder.path, 'media')
  store = await openStore(folder.path)
  await store.write.saveAccount({
    jid: 'me@example.org' as Jid,
    password: 'x',
    host: null,
    port: null,
    security: 'starttls',
    proxy: null,
    trustedFingerprint: null
  })
  const { key, cert, fingerprint: sha } = selfSigned(folder.path)
  fingerprint = sha
  asked = []
  server = createServer({ key, cert }, (request, response) => {
    const { content = FILE, tag = '"v1"', breaksAt, ignoresRange = false } = plan
    const { range, 'if-range': ifRange } = request.headers
    asked.push([range, ifRange as string | undefined])
    const from = range === undefined || ignoresRange || (ifRange !== undefined && ifRange !== tag) ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1])
    if (from >= content.length) return void response.writeHead(416).end()
    const part = content.subarray(from)
    response.writeHead(from === 0 ? 200 : 206, {
      'content-length': String(part.length),
      ...(tag === null ? {} : { etag: tag }),
      ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` })
    })
    if (breaksAt === undefined) response.end(part)
    else response.write(part.subarray(0, breaksAt), () => void someIsHere(from).then(() => response.destroy()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  origin = `https://localhost:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
})
afterEach(async () => {
  server.close()
  await store.close()
  folder[Symbol.dispose]()
})

const downloads = (): Downloads =>
  new Downloads({
    store,
    folder: media,
    trust: () => ({ trustedFingerprint: fingerprint, mayBePrivate: true, proxy: null }),
    connected: () => [],
    groups: () => [],
    onChanges: () => undefined,
    onProgress: () => undefined,
    info: () => undefined
  })

/** The id of an attachment that lies on the server. */
async function told(hash: string | null, originId = 'o'): Promise<number> {
  const { messages } = await store.write.record({
    account: 'me@example.org' as Jid,
    messages: [
      {
        conversation: BOB,
        kind: 'direct',
        sender: BOB,
        outgoing: false,
        text: '',
        time: Date.now(),
        stanzaId: null,
        originId,
        replayed: false,
        files: [
          { kind: 'file', name: 'film.mp4', bytes: FILE.length, url: `${origin}/film.mp4`, type: 'video/mp4', width: null, height: null, hash, preview: null }
        ]
      }
    ],
    archive: null,
    order: 'live'
  })
  return messages[0]!.attachments[0]!.id
}
const sha256 = createHash('sha256').update(FILE).digest('hex')
async function isHere(id: number): Promise<boolean> {
  const file = await store.read.attachment(id)
  return file !== null && file.stored !== null && readFileSync(join(media, file.stored)).equals(FILE)
}

test.each([
  ['by the server’s tag', null],
  ['by its hash alone, after a start', sha256]
])('a download that broke off goes on where it was, known %s', async (_, hash) => {
  const id = await told(hash)
  const first = downloads()
  plan = { breaksAt: 100_000 }
  await expect(first.fetch(id)).rejects.toThrow(FetchError)
  plan = {}
  await (hash === null ? first : downloads()).fetch(id)
  expect(asked[0]).toEqual([undefined, undefined])
  expect(asked[1]?.[0]).toMatch(/^bytes=[1-9]\d*-$/)
  expect(await isHere(id)).toBe(true)
  expect(readdirSync(media).filter((name) => name.startsWith('.incoming'))).toEqual([])
})

test('what is another version by now, and a server that knows no parts, begin anew', async () => {
  const id = await told(null)
  const all = downloads()
  plan = { breaksAt: 100_000, content: randomBytes(FILE.length), tag: '"old"' }
  await expect(all.fetch(id)).rejects.toThrow(FetchError)
  plan = { breaksAt: 120_000, tag: '"new"' }
  await expect(all.fetch(id)).rejects.toThrow(FetchError)
  plan = { ignoresRange: true, tag: '"new"' }
  await all.fetch(id)
  expect(await isHere(id)).toBe(true)
})

test('a part that does not fit is no part of the file: without a tag and a hash nothing is put together', async () => {
  const id = await told(null)
  const all = downloads()
  plan = { breaksAt: 100_000, tag: null }
  await expect(all.fetch(id)).rejects.toThrow(FetchError)
  plan = { tag: null }
  await all.fetch(id)
  expect(asked[1]).toEqual([undefined, undefined])
  expect(await isHere(id)).toBe(true)
})

test('the same file in two messages is fetched for one after the other', async () => {
  const [one, two] = [await told(null), await told(null, 'p')]
  plan = {}
  const all = downloads()
  await Promise.all([all.fetch(one), all.fetch(two)])
  expect([await isHere(one), await isHere(two)]).toEqual([true, true])
})
