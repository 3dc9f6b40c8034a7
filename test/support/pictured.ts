/** Profile whose conversations contain many pictures, files, links and voice messages, written to its store as incoming ones are. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttachmentKind, Jid } from '../../src/contract/domain.ts'
import { Store } from '../../src/engine/threads/store.ts'
import type { IncomingMessage } from '../../src/engine/store/types.ts'
import { storeFiles, TEST_KEY } from './files.ts'
import { gradient } from './pictures.ts'

/** A second of a tone, as a WAV file. */
export function tone(seconds = 1): Buffer {
  const rate = 8000
  const data = Buffer.alloc(rate * 2 * seconds)
  for (let i = 0; i < rate * seconds; i++) data.writeInt16LE(Math.round(12_000 * Math.sin((i * 440 * 2 * Math.PI) / rate) * Math.abs(Math.sin(i / 900))), i * 2)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

/** Puts a file into the media folder as the engine does; returns its name there. */
function keep(profile: string, content: Buffer, ending: string): string {
  const stored = `${createHash('sha256').update(content).digest('hex')}${ending}`
  mkdirSync(join(profile, 'media'), { recursive: true })
  writeFileSync(join(profile, 'media', stored), content)
  return stored
}

const hue = (at: number): [number, number, number] => [(at * 67) % 256, (at * 149) % 256, (at * 211) % 256]

/**
 * Creates the profile: `pictures` messages with one picture each, `apart` ms between them up to `until`, in two conversations; there are
 * `different` pictures of the given width and height. For every 20 of them there is also a file, a link and a voice message.
 */
export async function picturedProfile(
  profile: string,
  {
    pictures,
    different = 40,
    size = [640, 480],
    apart = 3_600_000,
    until,
    worker
  }: { pictures: number; different?: number; size?: readonly [number, number]; apart?: number; until: number; worker: URL }
): Promise<void> {
  mkdirSync(profile, { recursive: true })
  const images = Array.from({ length: different }, (_, at) => {
    const content = gradient(size[0], size[1], hue(at), hue(at + 5))
    return { stored: keep(profile, content, '.png'), bytes: content.length }
  })
  const sound = keep(profile, tone(3), '.wav')
  const sheet = keep(profile, Buffer.from('a,b\n1,2\n'), '.csv')
  const store = await Store.open({ ...storeFiles(profile), worker })
  await store.write.saveAccount({
    jid: 'me@example.invalid' as Jid,
    password: 'none',
    host: '127.0.0.1',
    port: 9,
    security: 'starttls',
    proxy: null,
    trustedFingerprint: null
  })
  const account = 'me@example.invalid' as Jid
  const people = ['lin@example.invalid', 'chen@example.invalid'] as Jid[]
  let batch: IncomingMessage[] = []
  /** Stored files in the order of their attachments' ids. */
  const here: { stored: string; bytes: number; width?: number; height?: number }[] = []
  const add = (
    at: number,
    more: Partial<IncomingMessage>,
    file?: { kind: AttachmentKind; name: string; stored: string; bytes: number; width?: number; height?: number }
  ): void => {
    const who = people[at % 2]!
    batch.push({
      conversation: who,
      kind: 'direct',
      sender: who,
      outgoing: false,
      text: '',
      time: until - (pictures - at) * apart,
      stanzaId: null,
      originId: null,
      replayed: false,
      ...more,
      ...(file === undefined ? {} : { files: [{ kind: file.kind, name: file.name, bytes: file.bytes }] })
    })
    if (file !== undefined) here.push(file)
  }
  for (let at = 0; at < pictures; at++) {
    const image = images[at % different]!
    add(
      at,
      { text: at % 50 === 0 ? '香山红叶' : '' },
      { kind: 'image', name: `IMG_${String(at).padStart(6, '0')}.png`, ...image, width: size[0], height: size[1] }
    )
    if (at % 20 === 0) {
      add(at, {}, { kind: 'file', name: at % 40 === 0 ? `预算表 ${at}.csv` : `minutes ${at}.pdf`, stored: sheet, bytes: 48_000 + at })
      add(at, { text: `看看这个 https://example.org/trips/${at}` })
      add(at, {}, { kind: 'voice', name: `voice-${at}.wav`, stored: sound, bytes: 48_044 })
    }
    if (batch.length >= 5000) {
      await store.write.record({ account, messages: batch, archive: null, order: 'forward' })
      batch = []
    }
  }
  await store.write.record({ account, messages: batch, archive: null, order: 'forward' })
  for (let from = 0; from < here.length; from += 1000)
    await Promise.all(
      here
        .slice(from, from + 1000)
        .map(({ stored, bytes, width = null, height = null }, i) => store.write.keepFile({ id: from + i + 1, stored, bytes, width, height }))
    )
  while (await store.write.mergeIndex(2000));
  await store.close()
  writeFileSync(join(profile, 'store-key'), `${TEST_KEY}\n`, { mode: 0o600 })
}
