/** OMEMO sessions on the store: each message decrypted once and kept, no key used twice, whatever ends the process and in whatever order messages arrive. */
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import type { IncomingMessage } from './types.ts'
import { keyElementOf, messageKeyOf, Side } from '../../../test/support/encrypting.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { identity } from '../xmpp/omemo/curve.ts'
import { decodeBundle } from '../xmpp/omemo/elements.ts'
import { EMPTY_KEY } from '../xmpp/omemo/payload.ts'
import type { Sealed } from '../xmpp/omemo/sealed.ts'
import { send } from '../xmpp/omemo/sessions.ts'
import { VERSIONS } from '../xmpp/omemo/version.ts'
import { begin } from '../xmpp/omemo/x3dh.ts'

const ALICE = 'alice@example.org' as Jid
const BOB = 'bob@example.org' as Jid
let folders: ReturnType<typeof temporaryFolder>[]
let alice: Side
let bob: Side

describe.each(VERSIONS)('%s', (version) => {
  beforeEach(async () => {
    folders = [temporaryFolder(), temporaryFolder()]
    alice = await Side.open(await openStore(folders[0]!.path), ALICE, BOB, version)
    bob = await Side.open(await openStore(folders[1]!.path), BOB, ALICE, version)
    await alice.meet(bob.device, bob.bundle)
    await bob.hear(alice.device)
  })
  afterEach(async () => {
    await alice.store.close()
    await bob.store.close()
    for (const folder of folders) folder[Symbol.dispose]()
  })

  const keyElement = (stanza: Element): Element => keyElementOf(stanza, version)
  const keyOf = (stanza: Element): string => messageKeyOf(stanza, version)
  const copy = (stanza: Element): Element => parse(stanza.toString())

  test('messages in any order, and again: each is here once, as text, and found', async () => {
    const sent: Element[] = []
    for (let i = 0; i < 30; i++) sent.push(await alice.write(`第 ${i} 条 message`))
    const shuffled = sent.toSorted((a, b) => keyOf(b).length - keyOf(a).length || (keyOf(a) < keyOf(b) ? 1 : -1))
    const { encryption } = await bob.read(shuffled.slice(0, 20))
    expect(encryption).toMatchObject({ account: BOB, begun: [{ jid: ALICE, device: alice.device, version }], broken: [], bundle: true })
    await bob.read(sent.map(copy))
    await bob.read(shuffled.map(copy), 'forward')
    expect((await bob.said()).sort()).toEqual(Array.from({ length: 30 }, (_, i) => `第 ${i} 条 message`).sort())
    expect((await bob.store.find.search({ query: 'message', limit: 1, total: true })).total).toBe(30)
    expect((await bob.messages()).every(({ encrypted }) => encrypted)).toBe(true)
    expect((await bob.store.read.conversationByJid(ALICE))?.encryption).toBe('on')
  })

  test('a key transport message has no content, and still advances its session', async () => {
    await bob.read([await alice.write(null)])
    expect(await bob.store.read.conversationByJid(ALICE)).toBe(null)
    await alice.read([await bob.write('an answer')])
    expect(await alice.said()).toEqual(['an answer'])
    await bob.read([await alice.write('and back')])
    expect(await bob.said()).toEqual(['and back'])
  })

  test.runIf(version === 'omemo:2')('a message that was held back is marked, all messages of a wrong clock are not', async () => {
    const HOUR = 3_600_000
    const marked = async (): Promise<string[]> => (await bob.messages()).flatMap(({ text, misdated }) => (misdated === true ? [text] : []))
    await bob.read([await alice.write('at once')])
    const held = await alice.write('yes, do it')
    await bob.read([await alice.write('do not')])
    expect(await marked()).toEqual([])
    bob.ahead = 2 * HOUR
    await bob.read([held])
    bob.ahead = 0
    await bob.read([await alice.write('again at once')])
    expect(await marked()).toEqual(['yes, do it'])
    // a clock that is set back is noticed once, in either direction
    for (const ahead of [-5 * HOUR, 9 * HOUR]) {
      alice.ahead = ahead
      for (const text of ['first', 'second', 'third']) await bob.read([await alice.write(`${text} at ${ahead}`)])
    }
    alice.ahead = 0
    await bob.read([await alice.write('right again')])
    expect(await marked()).toEqual(['yes, do it', `first at ${-5 * HOUR}`, `first at ${9 * HOUR}`])
    // found and read like all others
    expect((await bob.store.find.search({ query: 'yes, do', limit: 1, total: true })).total).toBe(1)
  })

  test.runIf(version === 'axolotl')('the range of a quotation, which is not encrypted, cuts out nothing but a quotation', async () => {
    const texts = ['Do not pay him.', '> quoted\n> twice\nan answer', 'a > b\nDo it']
    const ranges = [
      [0, 7],
      [0, 17],
      [2, 6],
      [0, 20],
      [0, undefined],
      [0, 9]
    ] as const
    const cut: string[] = []
    for (const [at, text] of texts.entries())
      for (const [start, end] of ranges) {
        const stanza = await alice.write(text, `${at}-${start}-${end}`)
        stanza.append(
          parse(`<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='${start}'${end === undefined ? '' : ` end='${end}'`}/></fallback>`)
        )
        await bob.read([stanza])
        const said = (await bob.said()).at(-1) ?? ''
        if (said !== text) cut.push(said)
      }
    expect(cut).toEqual(['an answer', '> twice\nan answer'])
  })

  test('an altered message is marked, and read when the true copy arrives', async () => {
    const sent = await alice.write('the truth')
    const forged = copy(sent)
    const payload = forged.getChild('encrypted')!.getChild('payload')!
    payload.children = [Buffer.from(payload.text(), 'base64').reverse().toString('base64')]
    const { encryption } = await bob.read([forged])
    expect(encryption?.broken).toEqual([])
    expect(await bob.said()).toEqual(['(damaged)'])
    expect((await bob.store.read.conversationByJid(ALICE))?.last).toMatchObject({ unreadable: true })
    await bob.read([sent], 'forward')
    expect(await bob.said()).toEqual(['the truth'])
    expect((await bob.store.find.search({ query: 'truth', limit: 1, total: true })).total).toBe(1)
  })

  test('a message for other devices, and one of a lost session, each has its reason', async () => {
    await bob.read([await alice.write('first')])
    const elsewhere = await alice.write('for another')
    keyElement(elsewhere).attrs['rid'] = '12345'
    await bob.read([elsewhere])
    await alice.read([await bob.write('an answer')])
    using other = temporaryFolder()
    const anew = await Side.open(await openStore(other.path), BOB, ALICE, version)
    // message to a device that has lost its sessions, under its old number
    const lost = await alice.write('to the old session')
    keyElement(lost).attrs['rid'] = String(anew.device)
    const { encryption } = await anew.read([lost])
    expect(encryption?.broken).toEqual([{ jid: ALICE, device: alice.device, version }])
    expect(await anew.said()).toEqual(['(session)'])
    await anew.store.close()
    expect(await bob.said()).toEqual(['first', '(device)'])
  })

  test('a false signature begins no session', async () => {
    const forged = bob.bundle.replace(
      /(<signedPreKeySignature>|<spks>)([^<]*)/,
      (_, tag: string, signature: string) => `${tag}${Buffer.from(signature, 'base64').fill(1, 0, 8).toString('base64')}`
    )
    expect(await alice.meet(4711, forged)).toBe('forged')
    const { devices } = await alice.store.write.encryptionTargets({ account: ALICE, jids: [BOB] })
    expect(devices).toEqual([{ jid: BOB, device: 4711, version, ready: false, verified: false }])
  })

  test('prekeys are used once and refilled, a session can start without one; a signed prekey is renewed and kept for a while', async () => {
    const before = buffers100(bob.bundle)
    expect(before.size).toBe(100)
    await bob.read([await alice.write('takes one')])
    await bob.publish()
    const after = buffers100(bob.bundle)
    expect(after.size).toBe(100)
    expect([...before].filter((id) => !after.has(id))).toHaveLength(1)
    const day = 86_400_000
    const signedId = (bundle: string): string => /(?:signedPreKeyId|<spk id)="(\d+)"/.exec(bundle)?.[1] ?? ''
    const old = bob.bundle
    await bob.store.write.ownDevice({ account: BOB, time: Date.now() + 8 * day })
    await bob.publish()
    expect(signedId(bob.bundle)).not.toBe(signedId(old))
    // senders who read the bundle earlier can still write
    await alice.meet(bob.device, old)
    await bob.read([await alice.write('by the old bundle')])
    expect(await bob.said()).toEqual(['takes one', 'by the old bundle'])
  })
  const buffers100 = (bundle: string): Set<string> => new Set([...bundle.matchAll(/(?:preKeyId|<pk id)="(\d+)"/g)].map(([, id = '']) => id))

  test('a device that shows another identity under its number is another one: verified it is no longer', async () => {
    await bob.read([await alice.write('hello')])
    await bob.store.write.setTrust({ account: BOB, jid: ALICE, device: alice.device, trust: 'verified' })
    using other = temporaryFolder()
    const impostor = await Side.open(await openStore(other.path), ALICE, BOB, version)
    // the remaining prekeys: a session cannot begin with the one that Alice's session used
    await bob.publish()
    await impostor.meet(bob.device, bob.bundle)
    const stanza = await impostor.write('it is me, Alice')
    stanza.getChild('encrypted')!.getChild('header')!.attrs['sid'] = String(alice.device)
    await bob.read([stanza])
    expect((await bob.store.read.devices({ account: BOB, jid: ALICE })).map(({ trust }) => trust)).toEqual(['undecided'])
    await impostor.store.close()
  })

  test('a bundle with another identity under a known number is another device: it gets nothing until the user decides, and the old session is not used for it', async () => {
    await bob.read([await alice.write('hello')])
    await alice.read([await bob.write('an answer')])
    using other = temporaryFolder()
    const impostor = await Side.open(await openStore(other.path), BOB, ALICE, version)
    expect(await alice.meet(bob.device, impostor.bundle)).toBeNull()
    const device = async () => (await alice.store.read.devices({ account: ALICE, jid: BOB }))[0]
    expect(await device()).toMatchObject({ trust: 'undecided', doubt: 'key' })
    const targets = () => alice.store.write.encryptionTargets({ account: ALICE, jids: [BOB] })
    expect(await targets()).toMatchObject({ devices: [], undecided: [{ jid: BOB, device: bob.device }], without: [BOB] })
    await alice.store.write.setTrust({ account: ALICE, jid: BOB, device: bob.device, trust: 'verified' })
    expect(await device()).toMatchObject({ trust: 'verified', doubt: null })
    // a message of the first identity can be read, and is not the verified device's
    await alice.read([await bob.write('from the old key')])
    expect((await alice.messages()).at(-1)).toMatchObject({ text: 'from the old key', verified: false })
    const stanza = await alice.write('for the new key')
    keyElement(stanza).attrs['rid'] = String(impostor.device)
    await impostor.read([copy(stanza)])
    expect(await impostor.said()).toEqual(['for the new key'])
    await impostor.store.close()
  })

  test('a group that names false accounts changes no key of theirs, and gets nothing that is meant for them', async () => {
    const group = 'room@rooms.example.org' as Jid
    await bob.publish()
    const inGroup = (device: number, bundle = bob.bundle): IncomingMessage => {
      const own = identity()
      const sent = send([begin(own, decodeBundle(version, parse(bundle)))], device, EMPTY_KEY).message
      return {
        conversation: group,
        kind: 'group',
        sender: `${group}/alice` as Jid,
        occupant: 'o',
        outgoing: false,
        text: '',
        time: Date.now(),
        stanzaId: null,
        originId: `from ${device}`,
        replayed: false,
        sealed: { version, from: ALICE, device, key: sent, payload: { iv: Buffer.alloc(12), ciphertext: Buffer.alloc(32) }, fallback: null }
      }
    }
    const keyless = (one: IncomingMessage): IncomingMessage => ({ ...one, sealed: { ...one.sealed!, payload: null } })
    const record = (messages: IncomingMessage[]) => bob.store.write.record({ account: BOB, messages, archive: null, order: 'live' })
    const targets = async () => (await bob.store.write.encryptionTargets({ account: BOB, jids: [ALICE] })).devices.map(({ device, ready }) => [device, ready])
    // a listed device without a session, one that nobody knows, and the known one
    await bob.store.write.setDevices({ account: BOB, jid: ALICE, version, devices: [alice.device, 5].map((id) => ({ id, label: null })), time: 1 })
    await bob.read([await alice.write('hello')])
    for (const device of [5, 6, alice.device]) {
      await bob.publish()
      await record([keyless(inGroup(device))])
    }
    expect((await targets()).toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [5, false],
      [alice.device, true]
    ])
    const rows = await bob.store.read.devices({ account: BOB, jid: ALICE })
    expect(rows.map(({ device, trust, identity: key }) => [device, trust, key === null])).toEqual(
      [...[5, 6].map((device) => [device, 'trusted', true]), [alice.device, 'trusted', false]].toSorted((a, b) => Number(a[0]) - Number(b[0]))
    )
    // without any list nothing is encrypted for what only the group has shown
    await bob.store.write.setDevices({ account: BOB, jid: ALICE, version, devices: [], time: 2 })
    expect((await targets()).map(([device]) => device)).toEqual([alice.device])
    await alice.read([await bob.write('for Alice alone')])
    expect(await alice.said()).toEqual(['for Alice alone'])
  })

  test('a device shows its own key again after another one was met: it stays undecided, and no session with the other key is used', async () => {
    using other = temporaryFolder()
    const impostor = await Side.open(await openStore(other.path), BOB, ALICE, version)
    await alice.meet(bob.device, impostor.bundle)
    await alice.meet(bob.device, bob.bundle)
    await alice.store.write.setTrust({ account: ALICE, jid: BOB, device: bob.device, trust: 'trusted' })
    await bob.read([await alice.write('to the right one')])
    expect(await bob.said()).toEqual(['to the right one'])
    await impostor.store.close()
  })

  test('a removed device of ours that returns gets nothing until the user decides; a list that the server has lost is no removal', async () => {
    const list = (...ids: number[]) =>
      alice.store.write.setDevices({ account: ALICE, jid: ALICE, version, devices: ids.map((id) => ({ id, label: null })), time: Date.now() })
    const trust = async (device: number) => {
      const row = (await alice.store.read.devices({ account: ALICE, jid: ALICE })).find((one) => one.device === device)
      return row === undefined ? null : [row.trust, row.doubt]
    }
    const asked = async () => (await alice.store.write.encryptionTargets({ account: ALICE, jids: [BOB] })).undecided
    await list(alice.device, 5, 6)
    expect(await asked()).toEqual([])
    // lost, then restored by each device
    await list()
    await list(5, 6)
    await list(alice.device, 5, 6)
    expect([await trust(5), await trust(6), await asked()]).toEqual([['trusted', null], ['trusted', null], []])
    // overwritten by a device that announced itself at the same moment
    await list(alice.device, 6, 8)
    await list(alice.device, 5, 6, 8)
    expect([await trust(5), await asked()]).toEqual([['trusted', null], []])
    // removed by another device of ours
    await list(alice.device, 6)
    expect(await asked()).toEqual([])
    await list(alice.device, 5, 6)
    expect([await trust(5), await trust(6), await asked()]).toEqual([['undecided', 'returned'], ['trusted', null], [{ jid: ALICE, device: 5 }]])
    await alice.store.write.setTrust({ account: ALICE, jid: ALICE, device: 5, trust: 'trusted' })
    expect(await asked()).toEqual([])
    // removed here, and back before the list was learnt
    await alice.store.write.dismissDevice({ account: ALICE, device: 6 })
    await list(alice.device, 5, 6)
    expect(await asked()).toEqual([{ jid: ALICE, device: 6 }])
    await alice.store.write.setTrust({ account: ALICE, jid: ALICE, device: 6, trust: 'refused' })
    await alice.store.write.dismissDevice({ account: ALICE, device: 6 })
    expect(await trust(6)).toEqual(['refused', null])
  })

  test('messages of our other devices are verified if those are; those of this device need no comparison', async () => {
    using other = temporaryFolder()
    const desk = await Side.open(await openStore(other.path), ALICE, ALICE, version)
    await desk.meet(alice.device, alice.bundle)
    const copied = async (text: string): Promise<boolean | undefined> => {
      const stanza = await desk.write(text)
      stanza.attrs['to'] = BOB
      await alice.read([stanza])
      return (await alice.messages()).find((one) => one.text === text)?.verified
    }
    if (version === 'axolotl') {
      expect(await copied('not compared')).toBe(false)
      await alice.store.write.setTrust({ account: ALICE, jid: ALICE, device: desk.device, trust: 'verified' })
      expect(await copied('compared')).toBe(true)
      expect((await alice.messages()).map(({ outgoing }) => outgoing)).toEqual([true, true])
    }
    const { id } = await alice.store.write.ensureConversation({ account: ALICE, jid: BOB, kind: 'direct', name: '', nick: null })
    const queue = (text: string, encrypted: boolean) =>
      alice.store.write.queueMessage({ conversation: id, text, originId: text, sender: ALICE, time: Date.now(), encrypted })
    expect((await queue('from here', true)).messages[0]).toMatchObject({ encrypted: true, verified: true })
    const plain = (await queue('in plain', false)).messages[0]!
    expect(plain).toMatchObject({ encrypted: false, verified: false })
    expect((await alice.store.write.setEncrypted(plain.id)).messages[0]).toMatchObject({ encrypted: true, verified: true })
    await desk.store.close()
  })

  test('lists that change all the time, and devices that write unlisted, leave few behind; those that the user decided about stay', async () => {
    const known = async (): Promise<number[]> => (await alice.store.read.devices({ account: ALICE, jid: BOB })).map(({ device }) => device)
    for (let round = 0; round < 20; round++) {
      const devices = Array.from({ length: 200 }, (_, i) => ({ id: 1 + round * 200 + i, label: null }))
      await alice.store.write.setDevices({ account: ALICE, jid: BOB, version, devices, time: round })
      if (round === 3) await alice.store.write.setTrust({ account: ALICE, jid: BOB, device: 700, trust: 'refused' })
    }
    expect((await known()).length).toBeLessThan(203)
    expect(await known()).toEqual(expect.arrayContaining([700, bob.device]))
  })

  test('devices that write without being listed are kept in a limited number, those that the user decided about apart', async () => {
    const begins = (device: number): Sealed => {
      const sessions = [begin(identity(), decodeBundle(version, parse(bob.bundle)))]
      const key = send(sessions, device, EMPTY_KEY).message
      return { version, from: ALICE, device, key, payload: null, fallback: null }
    }
    const say = (sealed: Sealed) =>
      bob.store.write.record({
        account: BOB,
        messages: [
          {
            conversation: ALICE,
            kind: 'direct',
            sender: ALICE,
            outgoing: false,
            text: '',
            time: Date.now(),
            stanzaId: null,
            originId: null,
            replayed: false,
            sealed
          }
        ],
        archive: null,
        order: 'live'
      })
    const known = async (): Promise<number[]> => (await bob.store.read.devices({ account: BOB, jid: ALICE })).map(({ device }) => device)
    // its prekey is used by nobody else
    await bob.read([await alice.write('hello')])
    for (let device = 1; device <= 120; device++) {
      await say(begins(device))
      if (device === 5) await bob.store.write.setTrust({ account: BOB, jid: ALICE, device, trust: 'verified' })
      await bob.publish()
    }
    expect(await known()).toHaveLength(102)
    expect(await known()).toEqual(expect.arrayContaining([5, 120, alice.device]))
    await bob.read([await alice.write('from a listed device')])
    expect(await bob.said()).toEqual(['hello', 'from a listed device'])
  })

  test('an older copy of the store never sends with used keys: it finds unknown messages in the archive', async () => {
    await bob.read([await alice.write('hello')])
    await alice.read([await bob.write('an answer')])
    await alice.store.close()
    using kept = temporaryFolder()
    for (const name of readdirSync(folders[0]!.path)) if (!name.endsWith('.lock')) copyFileSync(join(folders[0]!.path, name), join(kept.path, name))
    alice = await Side.open(await openStore(folders[0]!.path), ALICE, BOB, version)
    const sent = await alice.write('after the copy')
    await bob.read([sent])
    const restored = await Side.open(await openStore(kept.path), ALICE, BOB, version)
    // before it has noticed, its message under a used key is no repeated one: it is said that it cannot be read, and the session is begun anew
    const { encryption } = await bob.read([await restored.write('under a used key')])
    expect([(await bob.said()).at(-1), encryption?.broken]).toEqual(['(session)', [{ jid: ALICE, device: alice.device, version }]])
    expect((await bob.read([copy(sent)])).messages).toEqual([])
    await restored.read([copy(sent)], 'forward')
    const { devices } = await restored.store.write.encryptionTargets({ account: ALICE, jids: [BOB] })
    expect(devices).toEqual([{ jid: BOB, device: bob.device, version, ready: false, verified: false }])
    // messages still under way to it can be read, and after the peer's turn its session sends again, with new keys
    await restored.read([await bob.write('still read')])
    expect((await restored.said()).at(-1)).toBe('still read')
    await bob.publish()
    await restored.meet(bob.device, bob.bundle)
    const fresh = await restored.write('begun anew')
    expect(keyOf(fresh)).not.toBe(keyOf(sent))
    await bob.read([fresh])
    expect((await bob.said()).at(-1)).toBe('begun anew')
    await restored.store.close()
  })
})
