/** Live state of an engine: the current value of each topic (contract/live.ts). */
import { EventEmitter } from 'node:events'
import { follow, type EngineLive } from '../contract/live.ts'

interface Events {
  /** Topics with a new value; for presence, only the people whose presence changed. */
  change: [Partial<EngineLive>]
}

export class LiveState extends EventEmitter<Events> {
  readonly now: EngineLive = {
    accounts: [],
    presence: {},
    typing: {},
    requests: [],
    invitations: [],
    blocked: [],
    avatars: {},
    files: {},
    indexing: { left: 0, total: 0 },
    storeBroken: false,
    rosters: 0,
    devices: 0,
    occupants: 0
  }

  /** `value`: the whole topic; for presence, only the people whose presence changed. */
  set<T extends keyof EngineLive>(topic: T, value: EngineLive[T]): void {
    const changed: Partial<EngineLive> = { [topic]: value }
    follow(this.now, changed)
    this.emit('change', changed)
  }

  /** Increases a topic's counter, so that windows read its data again. */
  count(topic: 'rosters' | 'devices' | 'occupants'): void {
    this.set(topic, this.now[topic] + 1)
  }
}
