/** Lists and items that other clients of the account write at the same time: nothing of theirs or ours is lost. */
import { EventEmitter } from 'node:events'
import { xml, type Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import type { Jid } from '../../../contract/domain.ts'
import { NS } from '../stanzas/namespaces.ts'
import type { Connection } from '../stream/connection.ts'
import { Groups } from './groups.ts'
import { OldBookmarks } from './old-bookmarks.ts'
import { Personal } from './personal.ts'

const OWN = 'me@example.org' as Jid
const GROUP = 'group@rooms.example.org' as Jid
const OTHER = 'other@rooms.example.org' as Jid

/** Server with a bookmark item, a private list and a vCard; `between` runs after each answer to a query, as another client that had asked at the same time. */
class Server extends EventEmitter {
  account = { jid: OWN }
  isReady = true
  item: Element | null = null
  storage: Element = xml('storage', { xmlns: NS.oldBookmarks })
  vcard: Element = xml('vCard', { xmlns: NS.vcard })
  between: (() => void)[] = []
  written = 0

  /** Another client, or we, publish the item: all devices are told. */
  publish(payload: Element): void {
    this.item = payload
    const event = xml('event', { xmlns: `${NS.pubsub}#event` }, xml('items', { node: NS.bookmarks }, xml('item', { id: GROUP }, payload)))
    this.emit('stanza', xml('message', { from: OWN, to: `${OWN}/desk` }, event))
  }

  request(iq: Element): Promise<Element> {
    const [child] = iq.getChildElements()
    const result = (...children: Element[]): Promise<Element> => Promise.resolve(xml('iq', { type: 'result' }, ...children))
    const answer = this.#answer(iq, child!)
    if (iq.attrs['type'] === 'get') this.between.shift()?.()
    return result(...answer)
  }
  #answer(iq: Element, child: Element): Element[] {
    const isSet = iq.attrs['type'] === 'set'
    if (isSet) this.written++
    const published = child.getChild('publish')?.getChild('item')?.getChildElements()[0]
    if (published !== undefined) this.publish(published)
    if (child.is('query', NS.privateStorage)) {
      if (isSet) this.storage = child.getChildElements()[0]!
      return [xml('query', { xmlns: NS.privateStorage }, this.storage)]
    }
    if (child.is('vCard', NS.vcard)) {
      if (isSet) this.vcard = child
      return [this.vcard]
    }
    if (isSet) return []
    const items = this.item === null ? [] : [xml('item', { id: GROUP }, this.item)]
    return [xml('pubsub', { xmlns: NS.pubsub }, xml('items', { node: NS.bookmarks }, ...items))]
  }
}

async function withPersonal(work: (server: Server, personal: Personal, old: OldBookmarks) => Promise<void>): Promise<void> {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const server = new Server()
  const connection = server as unknown as Connection
  const nothing = () => Promise.resolve()
  const personal = new Personal({
    connection,
    store,
    own: OWN,
    pictures: { onMetadata: nothing },
    encryption: { onItem: nothing },
    isContact: () => false,
    onChanges: () => undefined,
    onMark: () => undefined,
    info: () => undefined
  })
  server.on('stanza', (stanza: Element) => personal.message({ stanza, message: stanza, copied: null }))
  await work(server, personal, new OldBookmarks(connection, store, OWN))
  await store.close()
}
const mark = (group: Jid, autojoin = true) => ({ group, autojoin, name: '', nick: 'me', password: null })
const conference = (attributes: Record<string, string>, ...children: Element[]): Element =>
  xml('conference', { xmlns: NS.bookmarks, ...attributes }, ...children)

test('a bookmark that another client extends while we change it keeps both changes', async () => {
  await withPersonal(async (server, personal) => {
    server.item = conference({ autojoin: 'true' })
    const pinned = xml('extensions', {}, xml('pinned', { xmlns: 'urn:xmpp:bookmarks-pinning:0' }))
    server.between = [() => server.publish(conference({ autojoin: 'true', name: 'Theirs' }, pinned))]
    await personal.keepGroup(mark(GROUP, false))
    expect(server.item?.attrs).toMatchObject({ autojoin: 'false', name: 'Theirs' })
    expect(String(server.item)).toContain('bookmarks-pinning')
    expect(server.item?.getChildText('nick')).toBe('me')
    expect(server.written).toBe(2)
    // alone it is published once
    await personal.keepGroup(mark(GROUP))
    expect(server.written).toBe(3)
  })
})

test('the last of several changes of a bookmark counts, and clients that disagree do not go on for ever', async () => {
  await withPersonal(async (server, personal) => {
    server.item = conference({ autojoin: 'true' })
    await Promise.all([true, false, true, false].map((autojoin) => personal.keepGroup(mark(GROUP, autojoin))))
    expect(server.item?.attrs['autojoin']).toBe('false')
    let serial = 0
    server.written = 0
    server.on('stanza', () => {
      // another client that answers each publication with one of its own
      if (serial++ < 50 && serial % 2 === 1) server.publish(conference({ autojoin: 'true', name: `name ${serial}` }))
    })
    await personal.keepGroup(mark(GROUP, false))
    expect(server.written).toBeLessThanOrEqual(5)
  })
})

test('a list in private storage that another client overwrites has our bookmark in the end, and theirs', async () => {
  await withPersonal(async (server, _personal, old) => {
    const theirs = (storage: Element): Element =>
      xml('storage', { xmlns: NS.oldBookmarks }, ...storage.getChildElements(), xml('conference', { jid: OTHER, autojoin: 'true' }))
    const read = server.storage
    // it has read the list before we wrote, and writes after
    server.between = [() => undefined, () => undefined]
    const real = server.request.bind(server)
    let overwritten = false
    server.request = async (iq) => {
      const answer = await real(iq)
      if (iq.attrs['type'] === 'set' && !overwritten) {
        overwritten = true
        server.storage = theirs(read)
      }
      return answer
    }
    await old.keep(mark(GROUP))
    expect((await old.stored())?.map(({ group }) => group).sort()).toEqual([GROUP, OTHER].sort())
  })
})

test('a group’s new picture leaves the rest of its vCard as others wrote it', async () => {
  const server = new Server()
  server.vcard = xml('vCard', { xmlns: NS.vcard }, xml('FN', {}, 'The group'), xml('PHOTO', {}, xml('TYPE', {}, 'image/gif')), xml('X-OTHER', {}, 'kept'))
  const groups = new Groups(server as unknown as Connection)
  await groups.setPicture(GROUP, { type: 'image/png', data: Buffer.from('picture') })
  expect(server.vcard.getChildElements().map(({ name }) => name)).toEqual(['FN', 'X-OTHER', 'PHOTO'])
  expect(server.vcard.getChild('PHOTO')?.getChildText('TYPE')).toBe('image/png')
  await groups.setPicture(GROUP, null)
  expect(server.vcard.getChildElements().map(({ name }) => name)).toEqual(['FN', 'X-OTHER'])
  groups.stop()
})
