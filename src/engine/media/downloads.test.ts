import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { selfSigned } from '../../../test/support/certificate.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import type { Store } from '../threads/store.ts'
import { encrypting, mediaAddress, newMediaKey } from '../xmpp/omemo/media.ts'
import { Downloads, FetchError } from './downloads.ts'

const BOB = 'bob@example.org' as Jid
const FILE = randomBytes(300_000)
let folder: ReturnType<typeof temporaryFolder>
let media: string
let store: Store
let server: Server
let origin = ''
let fingerprint = ''
/** Received requests: Range and If-Range of each. */
let asked: (string | undefined)[][] = []
/** Behaviour of the server; `breaks`: number of bytes after which each response breaks off, 0: before its head, undefined: never. */
let plan: {
  breaks?: number[]
  tag?: string | null
  modified?: string
  content?: Buffer
  ignoresRange?: boolean
  endless?: Buffer
  every?: number
  redirect?: string
} = {}

/** Waits until more than so many bytes are stored. */
async function someIsHere(from: number): Promise<void> {
  await expect.poll(() => readdirSync(media).map((name) => statSync(join(media, name)).size)).toContainEqual(expect.toSatisfy((size: number) => size > from))
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
  const { key, cert, fingerprint: sha } = selfSigned()
  fingerprint = sha
  asked = []
  server = createServer({ key, cert }, (request, response) => {
    const { content = FILE, tag = '"v1"', modified, ignoresRange = false } = plan
    const breaksAt = plan.breaks?.shift()
    const { range, 'if-range': ifRange } = request.headers
    asked.push([range, ifRange as string | undefined])
    if (breaksAt === 0) return void response.destroy()
    if (plan.redirect !== undefined) return void response.writeHead(302, { location: plan.redirect }).end()
    if (plan.endless !== undefined) {
      const piece = plan.endless
      const more = (): void => void (response.destroyed || response.write(piece, () => setTimeout(more, plan.every ?? 0)))
      response.writeHead(200, {})
      return void more()
    }
    const isSame = ifRange === undefined || ifRange === tag || ifRange === modified
    const from = range === undefined || ignoresRange || !isSame ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1])
    if (from >= content.length) return void response.writeHead(416).end()
    const part = content.subarray(from)
    response.writeHead(from === 0 ? 200 : 206, {
      'content-length': String(part.length),
      ...(tag === null ? {} : { etag: tag }),
      ...(modified === undefined ? {} : { 'last-modified': modified }),
      ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` })
    })
    if (breaksAt === undefined) response.end(part)
    else response.write(part.subarray(0, breaksAt), () => void someIsHere(from + breaksAt - 1).then(() => response.destroy()))
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
    trust: () => ({ trustedFingerprint: fingerprint, privateAccess: 'any', proxy: null }),
    connected: () => [],
    groups: () => [],
    onChanges: () => undefined,
    onProgress: () => undefined,
    info: () => undefined,
    pauseMs: 5
  })

/** Id of an attachment on the server. */
async function told(hash: string | null, { originId = 'o', url = `${origin}/film.mp4` } = {}): Promise<number> {
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
        files: [{ kind: 'file', name: 'film.mp4', bytes: FILE.length, url, type: 'video/mp4', width: null, height: null, hash, preview: null }]
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
const rest = (): string[] => readdirSync(media).filter((name) => name.startsWith('.incoming'))

test('an interrupted download resumes by itself', async () => {
  const id = await told(null)
  plan = { breaks: [100_000, 70_000] }
  await downloads().fetch(id)
  expect(asked.map(([range]) => Number(/^bytes=(\d+)-$/.exec(range ?? 'bytes=0-')?.[1]))).toEqual([0, 100_000, 170_000])
  expect(asked.map(([, ifRange]) => ifRange)).toEqual([undefined, '"v1"', '"v1"'])
  expect(await isHere(id)).toBe(true)
  expect(rest()).toEqual([])
})

test('a download that brings nothing more is given up', async () => {
  const id = await told(null)
  plan = { breaks: [100_000, 0] }
  await expect(downloads().fetch(id)).rejects.toThrow(FetchError)
  expect(asked).toHaveLength(2)
})

const key = newMediaKey()
const sealed = encrypting(key)
sealed.end(FILE)
const MODIFIED = 'Tue, 03 Jun 2025 10:00:00 GMT'
test.each<[string, { hash?: string; plan?: typeof plan; url?: () => string; ifRange?: string }]>([
  ['by the server’s tag', { ifRange: '"v1"' }],
  ['by its time of change', { plan: { tag: null, modified: MODIFIED }, ifRange: MODIFIED }],
  ['by its hash alone', { hash: sha256, plan: { tag: null } }],
  ['by its hash beside a weak tag', { hash: sha256, plan: { tag: 'W/"v1"' } }],
  ['because it is encrypted', { url: () => mediaAddress(`${origin}/film.mp4`, key), plan: { tag: null, content: sealed.read() as Buffer } }]
])('a download that broke off goes on after a start, known %s', async (_, { hash = null, plan: more = {}, url = () => `${origin}/film.mp4`, ifRange }) => {
  const id = await told(hash, { url: url() })
  plan = { ...more, breaks: [100_000, 0] }
  await expect(downloads().fetch(id)).rejects.toThrow(FetchError)
  plan = more
  await downloads().fetch(id)
  expect(asked.at(-1)).toEqual(['bytes=100000-', ifRange])
  expect(await isHere(id)).toBe(true)
  expect(rest()).toEqual([])
})

test.each<[string, boolean, { from: typeof plan; to: typeof plan }]>([
  ['another version', false, { from: { tag: '"old"', content: randomBytes(FILE.length) }, to: { tag: '"new"' } }],
  ['a server that knows no parts', false, { from: {}, to: { ignoresRange: true } }],
  ['a part that nobody vouches for', false, { from: { tag: null }, to: { tag: null } }],
  ['a part with another hash', true, { from: { tag: null, content: randomBytes(FILE.length) }, to: { tag: null } }]
])('%s begins anew', async (_, hashed, { from, to }) => {
  const id = await told(hashed ? sha256 : null)
  plan = { ...from, breaks: [100_000, 0] }
  await expect(downloads().fetch(id)).rejects.toThrow(FetchError)
  plan = to
  await downloads().fetch(id)
  expect(await isHere(id)).toBe(true)
  expect(rest()).toEqual([])
})

test('a replaced encrypted file is downloaded again, and an altered one is refused', async () => {
  const content = encrypting(key)
  content.end(FILE)
  const whole = content.read() as Buffer
  const id = await told(null, { url: mediaAddress(`${origin}/film.mp4`, key) })
  plan = { tag: null, content: randomBytes(whole.length), breaks: [100_000, 0] }
  await expect(downloads().fetch(id)).rejects.toThrow(FetchError)
  plan = { tag: null, content: whole }
  await downloads().fetch(id)
  expect(await isHere(id)).toBe(true)

  const forged = await told(null, { originId: 'p', url: mediaAddress(`${origin}/other.mp4`, key) })
  plan = { content: Buffer.concat([randomBytes(1), whole.subarray(1)]) }
  await expect(downloads().fetch(forged)).rejects.toMatchObject({ reason: 'changed' })
  expect((await store.read.attachment(forged))?.stored).toBeNull()
  expect(rest()).toEqual([])
})

test('a file that never ends is given up at about the size that its sender told, and leaves nothing behind', async () => {
  const id = await told(null)
  plan = { endless: randomBytes(60_000) }
  await expect(downloads().fetch(id)).rejects.toMatchObject({ reason: 'changed' })
  expect((await store.read.attachment(id))?.stored).toBeNull()
  expect(rest()).toEqual([])
})

test('a server that sends a byte now and then is given up', async () => {
  const id = await told(null)
  plan = { endless: Buffer.from('x'), every: 10 }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const fetching = downloads().fetch(id)
    const failed = expect(fetching).rejects.toMatchObject({ reason: 'network' })
    await someIsHere(0)
    for (let minute = 0; minute < 3; minute++) vi.advanceTimersByTime(60_000)
    await failed
    expect(asked).toHaveLength(1)
  } finally {
    vi.useRealTimers()
  }
})

test('a redirection in a circle, to an unencrypted address, or to nowhere ends', async () => {
  const id = await told(null)
  for (const location of ['/film.mp4', 'http://localhost/', 'https://127.0.0.1:1/', 'data:text/plain,x', '//', '']) {
    plan = { redirect: location }
    asked = []
    await expect(downloads().fetch(id)).rejects.toThrow(FetchError)
    expect(asked.length).toBeLessThan(5)
  }
})

test('a file in two messages is fetched for one after the other', async () => {
  const [one, two] = [await told(null), await told(null, { originId: 'p' })]
  plan = {}
  const all = downloads()
  await Promise.all([all.fetch(one), all.fetch(two)])
  expect([await isHere(one), await isHere(two)]).toEqual([true, true])
})
