import type { Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import type { Store } from '../../threads/store.ts'
import type { Connection } from '../stream/connection.ts'
import { Devices } from './devices.ts'

const OWN = 'me@example.org' as Jid
const BOB = 'bob@example.org' as Jid

/** A server that refuses every question so. */
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
