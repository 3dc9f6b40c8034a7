/** The live state of an engine: what is so now, topic by topic (contract/live.ts). */
import { EventEmitter } from 'node:events'
import { follow, type EngineLive } from '../contract/live.ts'

interface Events {
  /** The topics that have another value now; of presence, the people who have. */
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
    occupants: 0
  }

  /** `value`: the whole topic; of presence, the people whose it has changed. */
  set<T extends keyof EngineLive>(topic: T, value: EngineLive[T]): void {
    const changed: Partial<EngineLive> = { [topic]: value }
    follow(this.now, changed)
    this.emit('change', changed)
  }

  /** Something changed that windows are to look at again. */
  count(topic: 'rosters' | 'occupants'): void {
    this.set(topic, this.now[topic] + 1)
  }
}
