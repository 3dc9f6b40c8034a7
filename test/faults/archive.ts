/** Archives (XEP-0313) as the server has them, read without anything of Mnemo that reads archives. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { xml, type Element } from '@xmpp/client'
import type { AccountSettings, Jid } from '../../src/contract/domain.ts'
import { Connection } from '../../src/engine/xmpp/stream/connection.ts'

const NS_MAM = 'urn:xmpp:mam:2'
const NS_RSM = 'http://jabber.org/protocol/rsm'
const PAGE_MS = 120_000

/** Texts in the account's own archive (null) or in that of a group. Rejects if the server refuses. */
export async function archivedTexts(account: AccountSettings, archives: readonly (Jid | null)[]): Promise<Set<string>[]> {
  const connection = new Connection(account)
  connection.start()
  try {
    await once(connection, 'ready')
    const all: Set<string>[] = []
    for (const archive of archives) all.push(await read(connection, archive))
    return all
  } finally {
    await connection.stop()
  }
}

async function read(connection: Connection, archive: Jid | null): Promise<Set<string>> {
  const texts = new Set<string>()
  const queryid = randomUUID()
  const collect = (stanza: Element): void => {
    const result = stanza.getChild('result', NS_MAM)
    const message = result?.attrs['queryid'] === queryid ? result?.getChild('forwarded', 'urn:xmpp:forward:0')?.getChild('message') : undefined
    const text = message?.getChildText('body') ?? ''
    if (text !== '') texts.add(text)
  }
  connection.on('stanza', collect)
  try {
    for (let after: string | null = ''; after !== null;) {
      const set: Element = xml('set', { xmlns: NS_RSM }, xml('max', {}, '250'), ...(after === '' ? [] : [xml('after', {}, after)]))
      const query = xml('iq', { type: 'set', ...(archive === null ? {} : { to: archive }) }, xml('query', { xmlns: NS_MAM, queryid }, set))
      const fin: Element | undefined = (await connection.request(query, PAGE_MS)).getChild('fin', NS_MAM)
      after = fin?.attrs['complete'] === 'true' ? null : (fin?.getChild('set', NS_RSM)?.getChildText('last') ?? null)
    }
  } finally {
    connection.removeListener('stanza', collect)
  }
  return texts
}
