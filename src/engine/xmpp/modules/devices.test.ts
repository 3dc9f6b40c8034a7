import type { Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { expect, test, vi } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import type { Store } from '../../threads/store.ts'
import { decodeDeviceList } from '../omemo/elements.ts'
import type { Item } from '../stanzas/pubsub.ts'
import type { Connection } from '../stream/connection.ts'
import { Devices } from './devices.ts'

const OWN = 'me@example.org' as Jid
const BOB = 'bob@example.org' as Jid

/** Server that refuses every query with this condition. */
async function learnt(condition: string): Promise<{ stored: string[]; published: number }> {
  const stored: string[] = []
  let published = 0
  const request = (iq: Element): Promise<Element> => {
    if (iq.attrs['type'] === 'set') published++
    return Promise.reject(Object.assign(new Error(condition), { name: 'StanzaError', condition }))
  }
  const store = {
    write: {
      setDevices: ({ jid, devices }: { jid: Jid; devices: readonly unknown[] }) => Promise.resolve(void stored.push(`${jid} ${devices.length}`)),
      ownDevice: () => Promise.resolve({ device: 7, bundles: {}, version: 1, unpublished: false })
    }
  }
  const log = { info: () => undefined, warn: () => undefined }
  const devices = new Devices({ connection: { isReady: true, request } as unknown as Connection, store: store as unknown as Store, own: OWN, log })
  await devices.remember()
  await devices.learn(BOB)
  await devices.introduce().catch(() => undefined)
  return { stored, published }
}

test('a list that is not there is empty', async () => {
  const { stored } = await learnt('item-not-found')
  expect(stored.filter((one) => one.startsWith(BOB))).toEqual([`${BOB} 0`, `${BOB} 0`])
})

test.each(['service-unavailable', 'remote-server-timeout', 'internal-server-error', 'resource-constraint', 'forbidden'])(
  "%s says nothing of somebody's devices, and of our own: those that are known stay, and no list is written over",
  async (condition) => {
    expect(await learnt(condition)).toEqual({ stored: [], published: 0 })
  }
)

test('empty device lists are fetched again soon, others later, and lists with notifications never', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const asked: string[] = []
    const lists = new Map<string, string>([['carol@example.org', '<list xmlns="eu.siacs.conversations.axolotl"><device id="5"/></list>']])
    const request = (iq: Element): Promise<Element> => {
      const to = String(iq.attrs['to'])
      const node = iq.getChild('pubsub')?.getChild('items')?.attrs['node'] as string
      if (node.startsWith('eu.siacs')) asked.push(to)
      const list = node.startsWith('eu.siacs') ? lists.get(to) : undefined
      if (list === undefined) return Promise.reject(Object.assign(new Error(), { name: 'StanzaError', condition: 'item-not-found' }))
      return Promise.resolve(
        parse(`<iq><pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${node}"><item id="current">${list}</item></items></pubsub></iq>`)
      )
    }
    const store = { write: { setDevices: () => Promise.resolve(true) } } as unknown as Store
    const log = { info: () => undefined, warn: () => undefined }
    const devices = new Devices({ connection: { isReady: true, request } as unknown as Connection, store, own: OWN, log })
    const people = [BOB, 'carol@example.org' as Jid, 'dave@example.org' as Jid]
    const askedAfter = async (minutes: number): Promise<string[]> => {
      vi.advanceTimersByTime(minutes * 60_000)
      asked.length = 0
      for (const one of people) await devices.learn(one)
      return asked.map((one) => one.split('@')[0] ?? '')
    }
    expect(await askedAfter(0)).toEqual(['bob', 'carol', 'dave'])
    expect(await askedAfter(0)).toEqual([])
    await devices.onItem('dave@example.org' as Jid, 'eu.siacs.conversations.axolotl.devicelist', {
      id: 'current',
      payload: parse('<list xmlns="eu.siacs.conversations.axolotl"/>')
    } as Item)
    expect(await askedAfter(1)).toEqual(['bob'])
    expect(await askedAfter(11)).toEqual(['bob', 'carol'])
  } finally {
    vi.useRealTimers()
  }
})

/** Server that keeps what is published, and tells it. */
class Pep {
  readonly items = new Map<string, Element>()
  readonly published: string[] = []
  onPublished: (node: string, payload: Element) => void = () => undefined
  /** Answer in place of the kept list. */
  onAsked: (node: string) => Element | undefined = () => undefined

  request = (iq: Element): Promise<Element> => {
    const pubsub = iq.getChild('pubsub')
    const publish = pubsub?.getChild('publish')
    const node = (publish ?? pubsub?.getChild('items'))?.attrs['node'] as string
    if (publish !== undefined) {
      const payload = publish.getChild('item')!.getChildElements()[0]!
      this.items.set(node, payload)
      this.published.push(node)
      this.onPublished(node, payload)
      return Promise.resolve(parse('<iq/>'))
    }
    const found = this.onAsked(node) ?? this.items.get(node)
    if (found === undefined) return Promise.reject(Object.assign(new Error(), { name: 'StanzaError', condition: 'item-not-found' }))
    return Promise.resolve(
      parse(`<iq><pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${node}"><item id="current">${String(found)}</item></items></pubsub></iq>`)
    )
  }
}
const NODE = 'urn:xmpp:omemo:2:devices'
function ours(pep: Pep, dismissed: number[] = [], onStored: (list: string) => void = () => undefined): Devices {
  const store = {
    read: { settings: () => Promise.resolve({ deviceName: 'Mnemo' }) },
    write: {
      setDevices: ({ version, devices }: { version: string; devices: readonly { id: number }[] }) => {
        onStored(`${version} ${devices.map(({ id }) => id).join()}`)
        return Promise.resolve(true)
      },
      dismissDevice: ({ device }: { device: number }) => Promise.resolve(void dismissed.push(device)),
      ownDevice: () => Promise.resolve({ device: 7, bundles: [], revision: 1, unpublished: false })
    }
  }
  const log = { info: () => undefined, warn: () => undefined }
  return new Devices({ connection: { isReady: true, request: pep.request } as unknown as Connection, store: store as unknown as Store, own: OWN, log })
}

test('whatever other clients have put into our lists stays when this device is added, and when another one is removed', async () => {
  const pep = new Pep()
  const theirs = "<device id='5' label='  Phone ' labelsig='c2ln'><more xmlns='urn:x'/></device><labels xmlns='urn:y' of='5'/>"
  pep.items.set(NODE, parse(`<devices xmlns='urn:xmpp:omemo:2'>${theirs}<device id='6'/></devices>`))
  const dismissed: number[] = []
  const devices = ours(pep, dismissed)
  await devices.remember()
  await devices.introduce()
  const now = (): string => String(pep.items.get(NODE)).replaceAll('"', "'")
  expect(now()).toBe(`<devices xmlns='urn:xmpp:omemo:2'>${theirs}<device id='6'/><device id='7' label='Mnemo'/></devices>`)
  await devices.forget(6)
  expect(now()).toBe(`<devices xmlns='urn:xmpp:omemo:2'>${theirs}<device id='7' label='Mnemo'/></devices>`)
  expect(dismissed).toEqual([6])
  const published = pep.published.length
  await devices.introduce()
  await devices.forget(6)
  expect(pep.published.length).toBe(published)
})

test('a list that the server sends while an older one is on its way is not replaced by that one', async () => {
  const pep = new Pep()
  const stored: string[] = []
  const devices = ours(pep, [], (list) => stored.push(list))
  await devices.remember()
  await devices.introduce()
  const older = pep.items.get(NODE)!
  const newer = parse("<devices xmlns='urn:xmpp:omemo:2'><device id='7' label='Mnemo'/><device id='8'/></devices>")
  // the answer was written before the notification, and both arrive together
  pep.onAsked = (node) => {
    if (node !== NODE) return
    pep.onAsked = () => undefined
    pep.items.set(NODE, newer)
    void devices.onItem(OWN, NODE, { id: 'current', payload: newer } as Item)
    return older
  }
  stored.length = 0
  await devices.introduce()
  expect(stored.filter((list) => list.startsWith('omemo:2'))).toEqual(['omemo:2 7,8'])
  // a notification repeated after the stream broke off
  await devices.onItem(OWN, NODE, { id: 'current', payload: older } as Item)
  expect(stored.filter((list) => list === 'omemo:2 7')).toEqual([])
  expect(stored.at(-1)).toBe('omemo:2 7,8')
})

test('a device that signs out while this one announces itself is not put back', async () => {
  const pep = new Pep()
  const list = (...ids: number[]): Element => parse(`<devices xmlns='urn:xmpp:omemo:2'>${ids.map((id) => `<device id='${id}'/>`).join('')}</devices>`)
  pep.items.set(NODE, list(8))
  const devices = ours(pep)
  await devices.remember()
  let asked = 0
  // the second query is that before the announcement; the list changes while its answer is on its way
  pep.onAsked = (node) => {
    if (node !== NODE || ++asked !== 2) return
    pep.items.set(NODE, list())
    void devices.onItem(OWN, NODE, { id: 'current', payload: list() } as Item)
    return list(8)
  }
  await devices.introduce()
  expect(decodeDeviceList('omemo:2', pep.items.get(NODE)).map(({ id }) => id)).toEqual([7])
})

test('a program that removes this device again and again is not answered without end', async () => {
  const pep = new Pep()
  const devices = ours(pep)
  await devices.remember()
  await devices.introduce()
  const empty = (): Element => parse("<devices xmlns='urn:xmpp:omemo:2'><device id='5'/></devices>")
  for (let i = 0; i < 50; i++) {
    pep.items.set(NODE, empty())
    await devices.onItem(OWN, NODE, { id: 'current', payload: empty() } as Item)
  }
  expect(pep.published.length).toBeLessThan(15)
  // the next connection announces it again
  devices.lost()
  await devices.introduce()
  expect(String(pep.items.get(NODE))).toContain('id="7"')
})
