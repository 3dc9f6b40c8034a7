/** Time of our own server (XEP-0202), used if this computer's clock is wrong. */
import { EventEmitter } from 'node:events'
import { domainOf } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import type { Module } from '../module.ts'
import { ServerTime } from '../stanzas/delay.ts'
import { timeOf, timeQuery } from '../stanzas/entity-time.ts'
import type { Connection } from '../stream/connection.ts'

/** Timeout of the time query, ms. */
const TIME_MS = 5000

interface Events {
  /** Time of our server's clock, ms; `exact` false: that time or later. */
  time: [time: number, exact: boolean]
}

export class ServerClock extends EventEmitter<Events> implements Module {
  readonly extensions = [{ id: 'XEP-0202', name: 'Entity Time' }]
  readonly time = new ServerTime()
  readonly #connection: Connection
  readonly #own: Jid
  readonly #log: Log

  constructor(connection: Connection, own: Jid, log: Log) {
    super()
    this.#connection = connection
    this.#own = own
    this.#log = log
  }

  /** Asks for the time, before stamps are read. */
  async begin(): Promise<void> {
    try {
      const time = timeOf(await this.#connection.request(timeQuery(domainOf(this.#own)), TIME_MS))
      if (time === null) return
      this.time.learn(time)
      this.emit('time', time, true)
    } catch (error) {
      this.#log.info(`the server's time is unknown: ${String(error)}`)
    }
  }

  /** Records a stamp of our own archive, ms. */
  stamped(time: number): void {
    this.emit('time', time, false)
  }
}
