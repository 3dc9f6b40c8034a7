/** One side of an encrypted conversation, with a store of its own; to be killed at any moment. Commands and answers are JSON lines. */
import { createInterface } from 'node:readline'
import parse from '@xmpp/xml/lib/parse.js'
import type { Jid } from '../../src/contract/domain.ts'
import type { Version } from '../../src/engine/xmpp/omemo/version.ts'
import { openThreads } from './files.ts'
import { Side } from './encrypting.ts'

const [folder = '', own = '', peer = '', version = ''] = process.argv.slice(2)
const side = await Side.open(await openThreads(folder), own as Jid, peer as Jid, version as Version)
const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`)
say({ device: side.device, bundle: side.bundle })
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as { device?: number; bundle?: string; write?: string[]; read?: string[] }
  if (command.device !== undefined && command.bundle !== undefined) await side.meet(command.device, command.bundle)
  for (const text of command.write ?? []) say({ text, stanza: (await side.write(text)).toString() })
  for (const stanza of command.read ?? []) {
    await side.read([parse(stanza)])
    say({ read: true })
  }
  say({ done: true })
}
