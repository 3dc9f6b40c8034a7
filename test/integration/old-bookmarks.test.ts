/** Groups that older clients have bookmarked in XEP-0048's list, and servers that support nothing else. */
import { xml } from '@xmpp/client'
import { expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { NS } from '../../src/engine/xmpp/stanzas/namespaces.ts'
import { keepStorage, storageOf, storageQuery } from '../../src/engine/xmpp/stanzas/old-bookmarks.ts'
import { itemsOf, itemsQuery } from '../../src/engine/xmpp/stanzas/pubsub.ts'
import { Devices, online, SERVER, startServer, until } from '../support/server.ts'

const OLD = 'old@rooms.localhost' as Jid
const NEW = 'new@rooms.localhost' as Jid
const connectionOf = (engine: Engine) => engine.accounts.sessions[0]!.connection
const isIn = (engine: Engine, group: Jid) => async (): Promise<boolean> =>
  engine.accounts.sessions[0]?.groups.isJoined(group) === true && (await engine.store.read.conversationByJid(group))?.nick !== undefined
const noted = async (engine: Engine): Promise<string> => String(storageOf(await connectionOf(engine).request(storageQuery())))

test.skipIf(SERVER !== 'prosody')('bookmarks of the old list are migrated only once, and groups that were left since are not joined again', async () => {
  const server = await startServer({ without: ['bookmarks'] })
  const devices = new Devices()
  try {
    const bob = await devices.signIn(server, 'bob')
    for (const group of [OLD, NEW]) await bob.conversations.start(group, 'group', 'bob')
    const url = xml('url', { url: 'https://example.org/', name: 'a page' })
    const conference = (jid: Jid, ...more: Parameters<typeof xml>[2][]) => xml('conference', { jid, autojoin: '1', name: 'Old friends' }, ...more)
    let alice = await devices.signIn(server, 'alice')
    await connectionOf(alice).request(keepStorage(xml('storage', { xmlns: NS.oldBookmarks }, url, conference(OLD, xml('nick', {}, 'ally')), conference(OLD))))
    alice = await devices.again(alice)
    await alice.connect()
    await until(alice, isIn(alice, OLD))
    expect(await alice.store.read.conversationByJid(OLD)).toMatchObject({ kind: 'group', nick: 'ally' })
    const items = async (): Promise<string[]> =>
      itemsOf(await connectionOf(alice).request(itemsQuery(NS.bookmarks))).map(
        ({ id, payload }) => `${id} ${payload?.attrs['autojoin']} ${payload?.getChildText('nick')}`
      )
    await expect.poll(items).toEqual([`${OLD} true ally`])
    // the list of the other clients is unchanged
    expect(await noted(alice)).toContain('a page')
    await alice.groups.leave((await alice.store.read.conversationByJid(OLD))!.id)
    await expect.poll(items).toEqual([`${OLD} false ally`])
    // another client removes the bookmark
    await connectionOf(alice).request(
      xml('iq', { type: 'set' }, xml('pubsub', { xmlns: NS.pubsub }, xml('retract', { node: NS.bookmarks }, xml('item', { id: OLD }))))
    )
    const late = await devices.again(alice)
    await late.connect()
    await online(late)
    await late.conversations.start(NEW, 'group', 'ally')
    await until(late, isIn(late, NEW))
    expect(late.accounts.sessions[0]?.groups.isJoined(OLD)).toBe(false)
  } finally {
    await devices.end()
    await server.stop()
  }
})

test.skipIf(SERVER !== 'prosody')('on a server with bookmarks only in private storage, our devices share them there', async () => {
  const server = await startServer({ without: ['pep', 'bookmarks', 'vcard_legacy', 'vcard4'] })
  const devices = new Devices()
  try {
    const alice = await devices.signIn(server, 'alice')
    await connectionOf(alice).request(keepStorage(xml('storage', { xmlns: NS.oldBookmarks }, xml('url', { url: 'https://example.org/', name: 'a page' }))))
    const two = [OLD, NEW].map((group) => alice.conversations.start(group, 'group', 'ally'))
    await Promise.all(two)
    await expect.poll(async () => (await noted(alice)).match(/<conference/g)?.length).toBe(2)
    expect(await noted(alice)).toContain('a page')
    const phone = await devices.signIn(server, 'alice')
    for (const group of [OLD, NEW]) await until(phone, isIn(phone, group))
    await alice.groups.leave((await two[0]!).id)
    await expect.poll(async () => (await noted(alice)).includes(`autojoin="false"`)).toBe(true)
  } finally {
    await devices.end()
    await server.stop()
  }
})
