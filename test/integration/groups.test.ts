/** Groups on a real server: created, joined by invitation, administered, removed from. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversation, GroupMembers, Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { foreignClient } from '../support/foreign.ts'
import { Devices, messages, SERVER, startServer, until, type TestServer } from '../support/server.ts'

let server: TestServer
const devices = new Devices()
beforeAll(async () => void (server = await startServer({ groupModules: ['muc_moderation'] })))
afterAll(async () => {
  await devices.end()
  await server.stop()
})

const conversation = async (engine: Engine, jid: string): Promise<Conversation> => {
  const found = await engine.store.read.conversationByJid(jid)
  if (found === null) throw new Error(`no conversation ${jid}`)
  return found
}
const members = (engine: Engine, group: Conversation): Promise<GroupMembers> => engine.groups.members(group.id)
const bob = 'bob@localhost' as Jid

test('a members-only group: created, invited into, named, administered and closed', async () => {
  const [alice, bobs, carol] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob'), await devices.signIn(server, 'carol')]
  const group = await alice.groups.create({ name: '周末爬山 Hiking', membersOnly: true, invite: [bob] })
  expect(group).toMatchObject({ kind: 'group', name: '周末爬山 Hiking', nick: 'alice', out: null })
  expect(group.jid).toMatch(/^hiking-[0-9a-f]{8}@rooms\.localhost$/)

  // a person who was not invited stays out, and nothing of the attempt remains
  await expect(carol.conversations.start(group.jid, 'group', 'carol')).rejects.toMatchObject({ condition: 'registration-required' })
  expect(await carol.store.read.conversationByJid(group.jid)).toBeNull()

  const [invitation] = await until(bobs, async () => bobs.accounts.invitations.length > 0 && bobs.accounts.invitations)
  expect(invitation).toMatchObject({ group: group.jid, from: 'alice@localhost' })
  await bobs.groups.answerInvitation(group.jid, true)
  expect(bobs.accounts.invitations).toEqual([])
  const bobsGroup = await conversation(bobs, group.jid)
  expect(bobsGroup.name).toBe('周末爬山 Hiking')

  const list = await until(alice, async () => {
    const now = await members(alice, group)
    return now.members.filter(({ here }) => here).length === 2 && now
  })
  expect(list).toMatchObject({ role: 'moderator', affiliation: 'owner' })
  expect(list.members.find(({ nick }) => nick === 'bob')).toMatchObject({ jid: bob, affiliation: 'member', own: false })

  // subject and name reach everybody
  await alice.groups.inside(group.id, (groups, jid) => groups.setAffiliation(jid, bob, 'admin'))
  await until(bobs, async () => (await members(bobs, bobsGroup)).affiliation === 'admin')
  await bobs.groups.inside(bobsGroup.id, (groups, jid) => groups.setSubject(jid, '周六八点，香山东门'))
  await until(alice, async () => (await conversation(alice, group.jid)).subject === '周六八点，香山东门')
  expect((await messages(alice, group.jid)).map(({ text }) => text)).toEqual([])
  await alice.groups.rename(group.id, 'Hiking club')
  await carol.disconnect()
  await alice.groups.inside(group.id, (groups, jid) => groups.invite(jid, ['carol@localhost' as Jid]))
  await carol.connect()
  await until(carol, async () => carol.accounts.invitations.length > 0)
  await carol.groups.answerInvitation(group.jid, true)
  expect((await conversation(carol, group.jid)).name).toBe('Hiking club')

  // removal: each person learns the reason, and earlier messages stay
  await bobs.messages.send(bobsGroup.id, 'before the kick')
  await until(alice, async () => (await messages(alice, group.jid)).some(({ text }) => text === 'before the kick'))
  // in a non-anonymous group each member is identified by address, not by nickname
  await until(alice, async () => (await messages(alice, group.jid))[0]?.person === bob)
  await alice.groups.inside(group.id, (groups, jid) => groups.setAffiliation(jid, bob, 'member'))
  await alice.groups.inside(group.id, (groups, jid) => groups.setRole(jid, 'bob', 'none'))
  await until(bobs, async () => (await conversation(bobs, group.jid)).out?.why === 'kicked')
  expect((await conversation(bobs, group.jid)).nick).toBeNull()
  await bobs.conversations.start(group.jid, 'group', 'bob')
  expect((await conversation(bobs, group.jid)).out).toBeNull()
  await alice.groups.inside(group.id, (groups, jid) => groups.setAffiliation(jid, bob, 'outcast'))
  await until(bobs, async () => (await conversation(bobs, group.jid)).out?.why === 'banned')
  // ejabberd 23.01 lets banned people in
  if (SERVER !== 'ejabberd')
    await expect(bobs.conversations.start(group.jid, 'group', 'bob')).rejects.toMatchObject({
      condition: expect.stringMatching(/^(forbidden|registration-required)$/)
    })
  expect((await messages(bobs, group.jid)).map(({ text }) => text)).toEqual(['before the kick'])
  await alice.groups.inside(group.id, (groups, jid) => groups.setAffiliation(jid, 'carol@localhost' as Jid, 'none'))
  await until(carol, async () => (await conversation(carol, group.jid)).out?.why === 'removed')
  await alice.groups.inside(group.id, (groups, jid) => groups.destroy(jid))
  await until(alice, async () => (await conversation(alice, group.jid)).out?.why === 'destroyed')
})

test('only authorised members administer a group', async () => {
  const [alice, bobs] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  const group = await alice.groups.create({ name: 'Open house', membersOnly: false, invite: [] })
  await bobs.conversations.start(group.jid, 'group', 'bob')
  const bobsGroup = await conversation(bobs, group.jid)
  await expect(bobs.groups.inside(bobsGroup.id, (groups, jid) => groups.setAffiliation(jid, 'alice@localhost' as Jid, 'outcast'))).rejects.toMatchObject({
    name: 'StanzaError'
  })
  await expect(bobs.groups.inside(bobsGroup.id, (groups, jid) => groups.destroy(jid))).rejects.toMatchObject({ condition: 'forbidden' })
  await expect(bobs.groups.rename(bobsGroup.id, 'Mine')).rejects.toMatchObject({ condition: 'forbidden' })
  expect((await conversation(bobs, group.jid)).name).toBe('Open house')
})

test('a group with a password: requested, stored, and used again after a restart', async () => {
  const room = `secret-${randomUUID()}@rooms.localhost`
  const foreign = await foreignClient(server, 'carol')
  await foreign.tell({ do: 'join', room, nick: 'carol' }, 'joined')
  const field = (name: string, value: string): string => `<field var='${name}'><value>${value}</value></field>`
  await foreign.tell(
    {
      do: 'raw',
      xml: `<iq type='set' id='c1' to='${room}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>${field('FORM_TYPE', 'http://jabber.org/protocol/muc#roomconfig')}${field('muc#roomconfig_passwordprotectedroom', '1')}${field('muc#roomconfig_roomsecret', 'open sesame')}</x></query></iq>`
    },
    'done'
  )
  const alice = await devices.signIn(server, 'alice')
  await expect
    .poll(() =>
      alice.conversations.start(room, 'group', 'alice').then(
        () => 'in',
        (error: { condition?: string }) => error.condition
      )
    )
    .toBe('not-authorized')
  await alice.conversations.start(room, 'group', 'alice', 'open sesame')
  const again = await devices.again(alice)
  await again.connect()
  await until(again, async () => again.connection.status === 'online')
  const group = await conversation(again, room)
  await until(again, async () => (await members(again, group)).members.some(({ nick, own }) => nick === 'alice' && own))
  expect(group.out).toBeNull()
  await foreign.quit()
})

test('mentions work both ways under another name (XEP-0372), and unknown elements are kept', async () => {
  const [alice, bobs] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  const group = await alice.groups.create({ name: 'Mentions', membersOnly: false, invite: [] })
  await bobs.conversations.start(group.jid, 'group', '王芳')
  await until(alice, async () => (await members(alice, group)).members.some(({ nick }) => nick === '王芳'))
  const foreign = await foreignClient(server, 'carol')
  await foreign.tell({ do: 'join', room: group.jid, nick: 'carol' }, 'joined')
  const stanza = (id: string, body: string, more: string): string =>
    `<message to='${group.jid}' type='groupchat' id='${id}'><body>${body}</body>${more}</message>`
  await foreign.tell(
    { do: 'raw', xml: stanza('r1', '芳芳，看一下', "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='0' end='2' uri='xmpp:bob@localhost'/>") },
    'done'
  )
  await foreign.tell({ do: 'raw', xml: stanza('r2', 'Which day?', "<poll xmlns='urn:example:poll:0'><choice>周六</choice></poll>") }, 'done')
  await until(bobs, async () => (await messages(bobs, group.jid)).length === 2)
  expect((await messages(bobs, group.jid)).map(({ text, mention }) => [text, mention])).toEqual([
    ['芳芳，看一下', true],
    ['Which day?', false]
  ])
  await until(alice, async () => (await messages(alice, group.jid)).length === 2)
  expect((await messages(alice, group.jid)).map(({ mention }) => mention)).toEqual([false, false])
  const [kept] = await bobs.store.read.rawStanzas({ decoder: Infinity, after: 0, limit: 5 })
  expect(kept?.stanza).toContain('<choice>周六</choice>')

  await alice.messages.send(group.id, '@王芳 好的')
  const heard = await foreign.waitFor(({ event, body }) => event === 'message' && body === '@王芳 好的')
  expect(heard.sender).toBe(`${group.jid}/alice`)
  expect(heard.mentions).toEqual([`xmpp:${group.jid}/${encodeURIComponent('王芳')}`])
  await foreign.quit()
})

test('a moderator retracts messages of others for everyone; other members cannot (XEP-0425)', async ({ skip }) => {
  const [alice, bobs] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  const group = await alice.groups.create({ name: 'Moderated', membersOnly: false, invite: [] })
  const bobsGroup = await bobs.conversations.start(group.jid, 'group', 'bob')
  if (!(await alice.groups.inside(group.id, (groups, jid) => groups.moderates(jid)))) return skip('this server has no moderation')
  expect(await bobs.groups.inside(bobsGroup.id, (groups, jid) => groups.moderates(jid))).toBe(false)
  await bobs.messages.send(bobsGroup.id, '广告 cheap pills')
  await alice.messages.send(group.id, 'no advertisements here')
  const found = async (engine: Engine, text: string) => (await messages(engine, group.jid)).find((message) => message.text === text)
  const spam = await until(alice, () => found(alice, '广告 cheap pills'))
  const ours = await until(bobs, () => found(bobs, 'no advertisements here'))
  await expect(bobs.messages.moderate(ours.id)).rejects.toMatchObject({ condition: 'forbidden' })
  await alice.messages.moderate(spam.id)
  for (const engine of [alice, bobs]) await until(engine, async () => (await messages(engine, group.jid)).some(({ retracted }) => retracted))
  expect((await bobs.store.find.search({ query: 'cheap pills', limit: 1, total: true })).total).toBe(0)
  expect((await messages(bobs, group.jid)).map(({ text }) => text)).toContain('no advertisements here')
})
