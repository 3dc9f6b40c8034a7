/** Order of streams and stanzas through a session's modules, on a connection that only records requests. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { xml, type Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import { ROOT } from '../../../test/support/files.ts'
import { BOB, OWN, RefusingServer, startSession, subjectOf } from '../../../test/support/session.ts'
import type { Extension } from './stanzas/extensions.ts'
import { NS } from './stanzas/namespaces.ts'

async function setUp(late: [string, number][] = []) {
  const refusing = new RefusingServer()
  for (const [subject, times] of late) refusing.late.set(subject, times)
  const { session, server: connection, store, warnings } = await startSession(refusing, 1)
  const said = async (): Promise<string[]> => {
    const conversation = await store.read.conversationByJid(BOB)
    return conversation === null
      ? []
      : (await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 50 })).messages.map(({ text }) => text)
  }
  return { session, connection, warnings, said }
}

const from = (sender: string, ...children: Element[]): Element => xml('message', { xmlns: 'jabber:client', from: sender, to: OWN, type: 'chat' }, ...children)
const body = (text: string): Element => xml('body', {}, text)

test('a stream starts with the modules needed before its messages are read, and continues with the others', async () => {
  const { connection } = await setUp()
  const order = [NS.carbons, NS.time, NS.roster, 'presence', NS.bookmarks, NS.mam, NS.displayedSync, NS.blocking]
  expect(connection.received.map(subjectOf).filter((name, at, all) => order.includes(name) && all.indexOf(name) === at)).toEqual(order)
  expect(connection.answered).toEqual([`set query ${NS.roster}`, `set block ${NS.blocking}`, `set unblock ${NS.blocking}`, `get query ${NS.disco}`])
})

test('a slow server is asked again for what it did not answer, and not for what it did', async () => {
  const { connection, warnings } = await setUp([
    [NS.roster, 1],
    [NS.displayedSync, 1],
    [NS.blocking, 1]
  ])
  const times = (name: string): number => connection.received.filter((stanza) => subjectOf(stanza) === name).length
  await expect.poll(() => times(NS.displayedSync)).toBe(2)
  await expect.poll(() => times(NS.blocking)).toBe(2)
  expect(Object.fromEntries([NS.carbons, NS.time, NS.roster, 'presence', NS.mam].map((name) => [name, times(name)]))).toEqual({
    [NS.carbons]: 1,
    [NS.time]: 1,
    [NS.roster]: 2,
    presence: 1,
    [NS.mam]: 1
  })
  expect(warnings.filter((line) => line.includes('synchronising is delayed'))).toHaveLength(3)
})

test('a question that is never answered holds up nothing that follows, and is asked until it is answered', async () => {
  const { connection } = await setUp([[NS.roster, 6]])
  const times = (name: string): number => connection.received.filter((stanza) => subjectOf(stanza) === name).length
  expect(times(NS.mam)).toBe(1)
  await expect.poll(() => times(NS.roster)).toBe(7)
  for (const name of ['presence', NS.mam, NS.blocking]) expect(times(name), name).toBe(1)
})

test('each stanza is consumed by its module and goes no further', async () => {
  const { connection, said } = await setUp()
  // archive results in anybody else's message are ignored; the text beside them belongs to the sender
  connection.emit('stanza', from(`${BOB}/x`, xml('result', { xmlns: NS.mam, queryid: 'x', id: '1' }), body('beside a false result')))
  connection.emit('stanza', xml('message', { from: OWN, to: `${OWN}/desk` }, xml('result', { xmlns: NS.mam, queryid: 'x', id: '1' }), body('in an answer')))
  connection.emit(
    'stanza',
    xml(
      'message',
      { from: OWN, to: `${OWN}/desk` },
      xml('received', { xmlns: NS.carbons }, xml('forwarded', { xmlns: NS.forward }, from(`${BOB}/x`, body('to another device'))))
    )
  )
  const forged = xml('received', { xmlns: NS.carbons }, xml('forwarded', { xmlns: NS.forward }, from(`${BOB}/x`, body('never said'))))
  connection.emit('stanza', from('mallory@example.org/x', forged))
  const bounced = { xmlns: 'jabber:client', from: `${BOB}/x`, to: OWN, type: 'error', id: 'unknown' }
  connection.emit('stanza', xml('message', bounced, body('bounced')))
  connection.emit('stanza', from(`${BOB}/x`, body('at last')))
  await expect.poll(said).toContain('at last')
  expect(await said()).toEqual(['beside a false result', 'to another device', 'at last'])
})

test('an error of one module keeps a stanza from no other', async () => {
  const { session, connection, warnings, said } = await setUp()
  session.groups.message = () => {
    throw new Error('a module that fails')
  }
  connection.emit('stanza', from(`${BOB}/x`, body('read all the same')))
  await expect.poll(said).toEqual(['read all the same'])
  expect(warnings.join()).toContain('a module that fails')
})

/** Table as docs/extensions.md has it. */
function table(extensions: readonly Extension[]): string {
  const byId = new Map<string, string>()
  for (const { id, name } of extensions) byId.set(id, name)
  const link = (id: string): string =>
    id.startsWith('XEP') ? `[${id}](https://xmpp.org/extensions/${id.toLowerCase()}.html)` : `[${id}](https://www.rfc-editor.org/rfc/rfc${id.slice(4)})`
  const rows = [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, name]) => `| ${link(id)} | ${name} |`)
  return ['| document | name |', '|---|---|', ...rows].join('\n')
}

test('docs/extensions.md lists what the modules name, no more and no less', async () => {
  const { session } = await setUp()
  expect(readFileSync(join(ROOT, 'docs/extensions.md'), 'utf8')).toContain(table(session.extensions))
})
