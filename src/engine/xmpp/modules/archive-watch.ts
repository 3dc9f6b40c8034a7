/**
 * Servers that do not copy messages to our other devices (XEP-0280) but keep an archive: it is asked now and then, so that a
 * device that is online learns what another one wrote, and what only that one was sent.
 */
import type { Connection } from '../stream/connection.ts'
import type { Shortages } from './shortages.ts'

/** ms */
const EVERY_MS = 15_000

export class ArchiveWatch {
  #timer: NodeJS.Timeout | null = null

  /** `read`: our own account's archive. */
  constructor(connection: Connection, shortages: Shortages, read: () => Promise<void>, warn: (message: string) => void) {
    const look = (): void =>
      void read().then(
        () => this.#again(connection, shortages, look),
        (error: unknown) => warn(`the archive was not looked at: ${String(error)}`)
      )
    shortages.on('change', () => this.#again(connection, shortages, look))
    connection.on('ready', (resumed) => {
      if (resumed) this.#again(connection, shortages, look)
    })
    connection.on('lost', () => this.#stop())
  }

  #again(connection: Connection, shortages: Shortages, look: () => void): void {
    this.#stop()
    if (connection.isReady && shortages.now.includes('late-copies')) this.#timer = setTimeout(look, EVERY_MS).unref()
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
