/** People of the demo's server: each signs in, joins its groups and answers the user. */
import { xml, type Element } from '@xmpp/client'
import { randomUUID } from 'node:crypto'
import { bare, resource } from '../contract/address.ts'
import type { AccountSettings, Jid } from '../contract/domain.ts'
import { Connection } from '../engine/xmpp/stream/connection.ts'
import { acceptDefaults, joinGroup } from '../engine/xmpp/stanzas/group.ts'
import { encodeMessage } from '../engine/xmpp/stanzas/message.ts'
import { receiptOf } from '../engine/xmpp/stanzas/receipts.ts'
import { address, CAST, GROUPS, room, YOU, type Character } from './cast.ts'
import { reply } from './history.ts'
import type { Prosody } from './prosody.ts'

export const PASSWORD = 'demo-person'
const SHORTEST_ANSWER_MS = 700
const LONGEST_ANSWER_MS = 2200

export const settingsFor = (server: Prosody, user: string, password: string): AccountSettings => ({
  jid: address(user) as Jid,
  password,
  host: '127.0.0.1',
  port: server.port,
  security: 'starttls',
  proxy: null,
  trustedFingerprint: server.fingerprint
})

class Person {
  readonly #character: Character
  readonly connection: Connection
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(character: Character, server: Prosody) {
    this.#character = character
    this.connection = new Connection(settingsFor(server, character.user, PASSWORD))
    this.connection.on('ready', () => void this.#enter())
    this.connection.on('stanza', (stanza) => this.#onStanza(stanza))
    this.connection.start()
  }

  stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    return this.connection.stop()
  }

  async #enter(): Promise<void> {
    await this.connection.send(xml('presence'))
    for (const group of GROUPS) if (group.members.includes(this.#character.user)) await this.connection.send(joinGroup(room(group.user), this.#character.name))
  }

  #onStanza(stanza: Element): void {
    const { from, type } = stanza.attrs
    const isNew = stanza.getChild('delay', 'urn:xmpp:delay') === undefined
    if (stanza.name !== 'message' || from === undefined || stanza.getChild('body') === undefined || !isNew || type === 'error') return
    const receipt = receiptOf(stanza)
    if (receipt !== null) void this.connection.send(receipt)
    if (type === 'groupchat') {
      // one or two of the group answer
      if (resource(from) === YOU.user && Math.random() < 0.45) this.#answer(bare(from), 'group')
    } else if (bare(from) === address(YOU.user)) this.#answer(bare(from), 'direct')
  }

  #answer(to: string, kind: 'direct' | 'group'): void {
    const wait = SHORTEST_ANSWER_MS + Math.random() * (LONGEST_ANSWER_MS - SHORTEST_ANSWER_MS)
    if (kind === 'direct') void this.connection.send(xml('message', { to, type: 'chat' }, xml('composing', { xmlns: 'http://jabber.org/protocol/chatstates' })))
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.connection.send(encodeMessage(to, kind, { text: reply(this.#character, Math.random), id: randomUUID() })).catch(() => undefined)
    }, wait)
    this.#timers.add(timer)
  }
}

/** Signs everyone in; the first member of a group creates and names it. Returns the function that signs them out. */
export async function invitePeople(server: Prosody): Promise<() => Promise<void>> {
  const people = CAST.map((character) => new Person(character, server))
  const host = people[0]
  if (host !== undefined) {
    if (!host.connection.isReady) await new Promise<void>((resolve) => host.connection.once('ready', () => resolve()))
    for (const group of GROUPS) await nameGroup(host.connection, room(group.user), group.name, CAST[0]?.name ?? '')
  }
  return async () => {
    await Promise.all(people.map((person) => person.stop()))
  }
}

/** XEP-0045 section 10.2: sets the room's name as its owner. */
async function nameGroup(connection: Connection, group: string, name: string, nick: string): Promise<void> {
  await connection.send(joinGroup(group, nick))
  const field = (variable: string, value: string): Element => xml('field', { var: variable }, xml('value', {}, value))
  await connection.request(acceptDefaults(group)).catch(() => undefined)
  const form = xml(
    'x',
    { xmlns: 'jabber:x:data', type: 'submit' },
    field('FORM_TYPE', 'http://jabber.org/protocol/muc#roomconfig'),
    field('muc#roomconfig_roomname', name),
    field('muc#roomconfig_persistentroom', '1'),
    // also groups made before
    field('muc#roomconfig_whois', 'anyone')
  )
  // another member may have created it in an earlier run with the same folder
  await connection.request(xml('iq', { type: 'set', to: group }, xml('query', { xmlns: 'http://jabber.org/protocol/muc#owner' }, form))).catch(() => undefined)
}
