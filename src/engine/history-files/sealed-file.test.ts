/** Exports under a password: read again with it alone, by Mnemo and by another program; what was changed or cut off is never taken for whole. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { IN_PROCESS, openEngine } from '../../../test/support/server.ts'
import type { Engine } from '../engine.ts'
import { LEAST_COST, openSealed, PIECE, SealBroken, Sealing } from './sealed-file.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder[Symbol.dispose]())
const at = (name: string): string => join(folder.path, name)
const PASSWORD = 'корова 牛 🐄'
const OPTIONS = { encoding: null, order: null, columns: null, badTimes: null }

/** `parts`: as they are written, one after the other. */
async function sealed(parts: readonly Buffer[], password = PASSWORD): Promise<Buffer> {
  const sealing = await Sealing.begin(password, LEAST_COST)
  return Buffer.concat([sealing.header, ...parts.map((part) => sealing.write(part)), sealing.end()])
}
async function opened(bytes: Buffer, password: string | null = PASSWORD): Promise<Buffer> {
  writeFileSync(at('sealed'), bytes)
  const read: Buffer[] = []
  for await (const piece of (await openSealed(at('sealed'), password))()) read.push(piece)
  return Buffer.concat(read)
}

test('any bytes, however they are written, come back with the password alone', async () => {
  const sizes = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7]
  const part = fc.constantFrom(...sizes).map((size) => Buffer.alloc(size, 'a row of letters '))
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
      const bytes = await sealed(parts)
      expect((await opened(bytes)).equals(Buffer.concat(parts))).toBe(true)
      expect(bytes.includes('a row of letters')).toBe(false)
    }),
    { numRuns: 8 }
  )
  const bytes = await sealed([Buffer.from('text')])
  // composed or not: it is the same password
  expect((await opened(await sealed([Buffer.from('text')], 'caf\u00e9 noir'), 'cafe\u0301 noir')).toString()).toBe('text')
  await expect(opened(bytes, null)).rejects.toMatchObject({ reason: 'password' })
  await expect(opened(bytes, '')).rejects.toMatchObject({ reason: 'password' })
  await expect(opened(bytes, `${PASSWORD} `)).rejects.toMatchObject({ reason: 'wrong-password' })
})

test('a piece that was changed, moved, doubled or left out, and a file that was cut off anywhere, is never whole', async () => {
  const parts = Array.from({ length: 3 }, (_, i) => Buffer.alloc(PIECE, `${i}`))
  const bytes = await sealed([...parts, Buffer.from('the end')])
  const header = bytes.length - 3 * (PIECE + 16) - 7 - 16
  const piece = (i: number): Buffer => bytes.subarray(header + i * (PIECE + 16), header + (i + 1) * (PIECE + 16))
  const start = bytes.subarray(0, header)
  const wrong = [
    [start, piece(1), piece(0), piece(2), piece(3)],
    [start, piece(0), piece(0), piece(1), piece(2), piece(3)],
    [start, piece(0), piece(2), piece(3)],
    [start, piece(0), piece(1), piece(2)],
    [start, piece(0), piece(1), piece(2), piece(3), piece(3)],
    [start],
    [bytes.subarray(0, -1)],
    [bytes, Buffer.of(0)]
  ]
  for (const list of wrong) await expect(opened(Buffer.concat(list))).rejects.toBeInstanceOf(SealBroken)
  for (const place of [header, header + PIECE + 15, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
    await expect(opened(changed)).rejects.toBeInstanceOf(SealBroken)
  }
  // a header that was changed
  for (let place = 0; place < header; place++) {
    if (place > 14 && place % 9 !== 0) continue
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
    if (place >= 12) await expect(opened(changed)).rejects.toMatchObject({ name: 'ImportError' })
  }
  await expect(opened(bytes.subarray(0, header - 1))).rejects.toMatchObject({ reason: 'broken' })
})

const PROGRAM = `
import hashlib, hmac, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
data, password = open(sys.argv[1], 'rb').read(), sys.argv[2].encode()
assert data[:13] == b'mnemo-sealed\\x01'
cost, salt, prefix, header = data[13], data[14:30], data[30:37], data[:69]
keys = hashlib.scrypt(password, salt=salt, n=2**cost, r=8, p=1, maxmem=2**30, dklen=64)
assert hmac.compare_digest(hmac.digest(keys[32:], data[:37], 'sha256'), data[37:69])
pieces = [data[i:i + 65552] for i in range(69, len(data), 65552)]
for i, piece in enumerate(pieces):
    sys.stdout.buffer.write(AESGCM(keys[:32]).decrypt(prefix + i.to_bytes(4, 'big') + bytes([i == len(pieces) - 1]), piece, header))
`
test.skipIf(!existsSync('/usr/lib/python3/dist-packages/cryptography'))('the format is as it is written down: another program reads it', async () => {
  const text = Buffer.from(Array.from({ length: 9000 }, (_, i) => `line ${i} 一二三\n`).join(''))
  writeFileSync(at('export.mnemo'), await sealed([text]))
  expect(execFileSync('/usr/bin/python3', ['-c', PROGRAM, at('export.mnemo'), PASSWORD], { maxBuffer: 2 ** 24 }).equals(text)).toBe(true)
})

test('a protected export is imported elsewhere with its password; cut off, all that is whole', async () => {
  const open = (name: string): Promise<Engine> => openEngine(at(name), undefined, false, IN_PROCESS)
  const [one, two] = [await open('one'), await open('two')]
  try {
    const lines = Array.from({ length: 2000 }, (_, i) => ({
      conversation: 'Tea',
      sender: i % 2 === 0 ? 'Ann' : 'Me',
      outgoing: i % 2 === 1,
      time: new Date(1_700_000_000_000 + i * 60_000).toISOString(),
      text: `secret ${i} 秘密`
    }))
    writeFileSync(at('plain.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const bring = (engine: Engine, path: string, password: string | null) =>
      engine.transfer.import({ path: at(path), format: null, self: null, names: {}, conversation: null, options: { ...OPTIONS, password } })
    await bring(one, 'plain.jsonl', null)
    const task = { path: at('all.mnemo'), format: 'mnemo', query: null, conversation: null, language: 'en' } as const
    await expect(one.transfer.export({ ...task, password: null })).rejects.toMatchObject({ code: 'io' })
    expect(readdirSync(folder.path).filter((name) => name.includes('mnemo-export') || name === 'all.mnemo')).toEqual([])
    expect(await one.transfer.export({ ...task, password: PASSWORD })).toMatchObject({ messages: 2000, files: 0 })
    const bytes = readFileSync(at('all.mnemo'))
    expect(['secret', '秘密', 'conversation'].filter((word) => bytes.includes(word))).toEqual([])
    await expect(two.transfer.preview(at('all.mnemo'), null)).rejects.toMatchObject({ code: 'import', reason: 'password' })
    await expect(bring(two, 'all.mnemo', 'another one')).rejects.toMatchObject({ code: 'import', reason: 'wrong-password' })
    expect(await two.transfer.preview(at('all.mnemo'), null, { ...OPTIONS, password: PASSWORD })).toMatchObject({
      format: 'jsonl',
      conversations: [{ name: 'Tea', messages: 2000 }],
      unread: []
    })
    // the rest of a file that was cut off is as it was written
    writeFileSync(at('cut.mnemo'), bytes.subarray(0, 2 * PIECE + 1000))
    const cut = await bring(two, 'cut.mnemo', PASSWORD)
    expect(cut.added).toBeGreaterThan(500)
    expect(cut.added).toBeLessThan(2000)
    expect(cut.unread.map(({ kind }) => kind)).toContain('cut')
    expect(await bring(two, 'all.mnemo', PASSWORD)).toMatchObject({ added: 2000 - cut.added, known: cut.added })
    expect((await two.store.find.search({ query: 'secret', limit: 1, total: true })).total).toBe(2000)
    // nothing of it is whole
    writeFileSync(at('stump.mnemo'), bytes.subarray(0, 5000))
    await expect(bring(two, 'stump.mnemo', PASSWORD)).rejects.toMatchObject({ code: 'import' })
  } finally {
    await one.close()
    await two.close()
  }
})
