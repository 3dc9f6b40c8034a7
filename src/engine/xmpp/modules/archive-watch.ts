/** Polling for servers that keep an archive but send no carbons (XEP-0280): an online device then learns what another one sent and received. */
import type { Connection } from '../stream/connection.ts'
import type { Shortages } from './shortages.ts'

/** Polling interval, ms */
const EVERY_MS = 15_000

export class ArchiveWatch {
  #timer: NodeJS.Timeout | null = null

  /** `read`: reads our own account's archive. */
  constructor(connection: Connection, shortages: Shortages, read: () => Promise<void>, warn: (message: string) => void) {
    const look = (): void =>
      void read().then(
        () => this.#again(connection, shortages, look),
        (error: unknown) => warn(`polling the archive failed: ${String(error)}`)
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
