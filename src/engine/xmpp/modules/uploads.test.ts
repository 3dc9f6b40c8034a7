import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'
import { xml, type Element } from '@xmpp/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { selfSigned } from '../../../../test/support/certificate.ts'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import type { PrivateAccess } from '../../net/http.ts'
import type { Store } from '../../threads/store.ts'
import type { Connection } from '../stream/connection.ts'
import { Uploads } from './uploads.ts'

const ME = 'me@localhost' as Jid
const BOB = 'bob@localhost' as Jid
let folder: ReturnType<typeof temporaryFolder>
let store: Store
let server: Server
let fingerprint = ''
/** Status codes that the server answers, in order; the last one repeats. */
let answers: number[] = []
/** Location header of the answers; null: none. */
let leads: string | null = null
/** Answers have endless bodies. */
let endless = false
/** The server takes a file byte by byte, and calls it after each; null: it takes all at once. */
let afterByte: (() => void) | null = null
/** Requested paths. */
let asked: string[] = []
let privateAccess: PrivateAccess = 'any'
let slots = 0
let connection: Connection

beforeEach(async () => {
  folder = temporaryFolder()
  store = await openStore(folder.path)
  const { key, cert, fingerprint: sha } = selfSigned()
  fingerprint = sha
  slots = 0
  leads = null
  endless = false
  afterByte = null
  asked = []
  privateAccess = 'any'
  server = createServer({ key, cert }, (request, response) => {
    asked.push(request.url ?? '')
    if (afterByte !== null) {
      const piece = (): void => {
        request.read(1)
        afterByte?.()
        if (!request.destroyed) setTimeout(piece, 20)
      }
      request.once('error', () => undefined)
      return void request.once('readable', piece)
    }
    request.resume().once('end', () => {
      response.writeHead((answers.length > 1 ? answers.shift() : answers[0]) ?? 201, leads === null ? {} : { location: leads })
      if (!endless) return void response.end()
      const more = (): boolean => !response.destroyed && response.write(Buffer.alloc(65_536), () => setImmediate(more))
      more()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `https://localhost:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
  const answer = (request: Element): Element => {
    if (request.getChild('request', 'urn:xmpp:http:upload:0') !== undefined) {
      const url = `${origin}/${++slots}`
      return xml('iq', { type: 'result' }, xml('slot', { xmlns: 'urn:xmpp:http:upload:0' }, xml('put', { url }), xml('get', { url })))
    }
    if (request.getChild('query', 'http://jabber.org/protocol/disco#items') !== undefined)
      return xml('iq', { type: 'result' }, xml('query', { xmlns: 'http://jabber.org/protocol/disco#items' }, xml('item', { jid: 'files.localhost' })))
    const query = xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }, xml('feature', { var: 'urn:xmpp:http:upload:0' }))
    return xml('iq', { type: 'result', from: 'files.localhost' }, query)
  }
  connection = Object.assign(new EventEmitter(), {
    isReady: true,
    account: { jid: ME },
    jid: `${ME}/x`,
    request: (request: Element) => Promise.resolve(answer(request))
  }) as unknown as Connection
})
afterEach(async () => {
  server.close()
  await store.close()
  folder[Symbol.dispose]()
})

/** Uploads until the file is uploaded or failed for good; `pauses`: numbers of tries after which it paused. */
async function upload(bytes = 50_000): Promise<{ pauses: number[]; message: { state: string; error: string | null } }> {
  await store.write.saveAccount({ jid: ME, password: 'x', host: null, port: null, security: 'starttls', proxy: null, trustedFingerprint: null })
  const conversation = await store.write.ensureConversation({ jid: BOB, kind: 'direct', name: '', nick: null, account: ME })
  writeFileSync(join(folder.path, 'a.bin'), randomBytes(bytes))
  const { messages } = await store.write.queueMessage({
    conversation: conversation.id,
    sender: ME,
    text: '',
    time: 1,
    originId: 'o',
    attachments: [{ kind: 'file', name: 'a.bin', bytes, stored: 'a.bin' }]
  })
  const pauses: number[] = []
  const uploads = new Uploads({
    connection,
    store,
    folder: folder.path,
    trust: () => ({ trustedFingerprint: fingerprint, privateAccess, proxy: null }),
    onChanges: () => undefined,
    onProgress: () => undefined,
    info: () => undefined,
    pause: (tries) => {
      pauses.push(tries)
      return 0
    }
  })
  const id = messages[0]!.attachments[0]!.id
  const row = (await store.read.attachment(id))!
  await new Promise<void>((resolve) => {
    const again = (): void => {
      void Promise.all([store.read.attachment(id), store.read.message(messages[0]!.id)]).then(([file, message]) => {
        if (file?.url !== null || message?.state === 'failed') resolve()
        else uploads.put(row, { conversation: BOB, originId: 'o', secret: false, onDone: again })
      })
    }
    again()
  })
  const { state, error } = (await store.read.message(messages[0]!.id))!
  return { pauses, message: { state, error } }
}

test('a server that is busy is asked again, for a new place each time, ever later', async () => {
  answers = [503, 500, 429, 201]
  const { pauses, message } = await upload()
  expect(slots).toBe(4)
  expect(pauses).toEqual([1, 2, 3])
  expect(message.state).toBe('queued')
})

test('a server that stays busy is given up in the end', async () => {
  answers = [503]
  expect((await upload()).message).toEqual({ state: 'failed', error: 'http-503' })
  expect(slots).toBe(8)
})

test('a server that refuses the file is not asked again', async () => {
  answers = [403]
  expect((await upload()).message).toEqual({ state: 'failed', error: 'http-403' })
  expect(slots).toBe(1)
})

test.each([301, 302, 303, 307, 308])('nothing is put where a place leads to by a %i, and it is not asked again', async (status) => {
  answers = [status]
  leads = '/elsewhere'
  expect((await upload()).message).toEqual({ state: 'failed', error: `http-${status}` })
  expect(asked).toEqual(['/1'])
})

test('a place in a private network of a server that is in none is not asked at all', async () => {
  privateAccess = 'none'
  expect(await upload()).toEqual({ pauses: [], message: { state: 'failed', error: 'bad-upload-slot' } })
  expect(asked).toEqual([])
})

test('a server that takes a file byte by byte is given up in the end', async () => {
  afterByte = () => vi.advanceTimersByTime(60_000)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    expect((await upload(30_000_000)).message).toEqual({ state: 'failed', error: 'http-408' })
    expect(slots).toBe(8)
  } finally {
    afterByte = null
    vi.useRealTimers()
  }
})

test('an answer without an end is one all the same', async () => {
  answers = [201]
  endless = true
  expect((await upload()).message.state).toBe('queued')
  endless = false
  await expect.poll(() => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0)
})
