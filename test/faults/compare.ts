/** Compares the stores of all devices at the end with what new devices read from the archives. */
import type { FaultResult } from './run.ts'
import type { Line } from './client.ts'
import { UNREADABLE } from './encrypted.ts'
import type { Person } from './person.ts'

interface Comparison {
  /** devices of alice, of bob, and alice's second one */
  devices: Person[]
  newDevice(name: string): Person
  /** Waits until new devices have read their archives. */
  settle(fresh: Person[]): Promise<void>
  /** Messages that each person wrote, per place: direct, a group, a group without an archive. */
  counts: number[]
  /** Texts in the server's archives of a person, per place with an archive; null: the server keeps what it confirms (ejabberd forgets at shutdown what was in transit). */
  archived: ((name: string) => Promise<Set<string>[]>) | null
  /** The direct conversation is encrypted: new devices cannot read it. */
  encrypted: boolean
  result: FaultResult
  log(text: string): void
}

export async function compare({ devices, newDevice, settle, counts, archived, encrypted, result, log }: Comparison): Promise<void> {
  const retracted = new Set(devices.flatMap((device) => [...device.retracted]))
  const stores = await Promise.all(devices.map((device) => device.lines()))
  for (const device of devices) await device.kill()
  const fresh = ['alice', 'bob'].map(newDevice)
  try {
    for (const device of fresh) {
      await device.proxy.start()
      await device.start()
    }
    await settle(fresh)
    const isSecret = (place: number): boolean => encrypted && place === 0
    for (const device of fresh) {
      const state = await device.ask({ do: 'state' })
      if (state.event === 'state') [result.keys, result.reused] = [result.keys + state.keys, result.reused + state.reused]
    }
    const archives = await Promise.all(fresh.map((device) => device.lines()))
    const all = [...devices, ...fresh].map((device, i) => ({ device, lists: [...stores, ...archives][i] ?? [], isNew: i >= devices.length }))
    const kept = archived === null || result.faults.server === 0 ? null : await Promise.all(fresh.map(({ name }) => archived(name)))
    /** Whether the reader's archive on the server lacks a text that its writer has, and that was not shown as delivered to this device. */
    const isForgotten = (text: string, place: number, { name, device }: Person): boolean => {
      const archive = isSecret(place) ? undefined : kept?.[name === 'alice' ? 0 : 1]?.[place]
      const [writer = ''] = text.split(' ')
      const own = stores[writer === 'alice' ? 0 : 1]?.[place]?.find(([outgoing, said]) => outgoing && said === text)
      // 'delivered' tells of one device of the reader; the others have no more than the archive
      const isDelivered = own?.[2] === 'delivered' && device === name
      return archive !== undefined && own !== undefined && !isDelivered && !archive.has(text)
    }
    for (const { device, lists, isNew } of all)
      // a new device cannot get the history of a group without an archive
      for (const [place, list] of (isNew ? lists.slice(0, 2) : lists).entries()) {
        if (isNew && isSecret(place)) continue
        const unread = list.filter(([, text]) => text.startsWith(UNREADABLE))
        result.undecryptable += unread.length
        if (unread.length > 0) log(`${device.device}: ${JSON.stringify(unread.slice(0, 6))}`)
        const gone = new Set(place === 0 ? [...retracted, ...device.removed] : [])
        const expected = ['alice', 'bob'].flatMap((name) => Array.from({ length: counts[place] ?? 0 }, (_, i) => `${name} ${i}`))
        const texts = list.map(([, text]) => text).filter((text) => text !== '')
        const there = new Set(texts)
        const missing = expected.filter((text) => !there.has(text) && !gone.has(text))
        const forgotten = missing.filter((text) => isForgotten(text, place, device))
        const lost = missing.filter((text) => !forgotten.includes(text))
        result.forgotten += forgotten.length
        const unheeded = [...gone].filter((text) => there.has(text))
        const unsettled = list.filter(([outgoing, , state]) => outgoing && state !== 'sent' && state !== 'delivered')
        result.messages += texts.length
        // that group's history is only in its server's memory: messages not delivered before a restart are lost
        if (place === 2 && result.faults.server > 0) result.forgotten += lost.length
        else result.lost += lost.length
        result.doubled += texts.length - there.size
        result.unheeded += unheeded.length
        result.unsettled += unsettled.length
        const where = `${device.device}, ${device.places[place]?.jid}`
        if (lost.length > 0) log(`${where}: lost ${lost.slice(0, 6).join(', ')}`)
        if (unheeded.length > 0) log(`${where}: retracted or deleted, but present: ${unheeded.slice(0, 6).join(', ')}`)
        if (unsettled.length > 0) log(`${where}: not settled: ${JSON.stringify(unsettled.slice(0, 6))}`)
      }
    const removed = new Set(devices.flatMap((device) => [...device.removed]))
    const order = (lists: Line[][], place: number): string[] =>
      (lists[place] ?? []).map(([, text]) => text).filter((text) => text !== '' && !retracted.has(text) && !(place === 0 && removed.has(text)))
    const [alice, bob, tablet, newAlice, newBob] = all
    for (const place of counts.keys()) {
      // each account has its own archive, where crossing messages may be in another order; a group has one order for all
      const pairs = isSecret(place)
        ? [[alice, tablet]]
        : place === 0
          ? [
              [alice, newAlice],
              [tablet, newAlice],
              [bob, newBob]
            ]
          : place === 1
            ? [
                [alice, newAlice],
                [bob, newAlice],
                [tablet, newAlice],
                [newBob, newAlice]
              ]
            : [
                [bob, alice],
                [tablet, alice]
              ]
      let isWrong = false
      for (const [other, reference] of pairs) {
        const [one, two] = [order(other?.lists ?? [], place), order(reference?.lists ?? [], place)]
        // messages that one of them lacks are lost or forgotten, and counted as such
        const [ofOne, ofTwo] = [new Set(one), new Set(two)]
        const [has, wanted] = [one.filter((text) => ofTwo.has(text)), two.filter((text) => ofOne.has(text))]
        const first = wanted.findIndex((text, i) => has[i] !== text)
        if (first < 0) continue
        isWrong = true
        log(
          `${other?.device.device}, ${other?.device.places[place]?.jid}, from ${first} on: ${JSON.stringify(has.slice(first, first + 6))} where ${reference?.device.device} has ${JSON.stringify(wanted.slice(first, first + 6))}`
        )
      }
      if (isWrong) result.disordered++
    }
  } finally {
    for (const device of fresh) {
      await device.kill()
      device.proxy.stop()
    }
  }
}
