/**
 * Comparison of the time at which a message was encrypted, as its author says within, with the time at which it was sent, as the stanza says (XEP-0420
 * section 'Affix Elements'): a message that somebody held back is not passed off as a new one. In memory only.
 */

/** Largest difference, ms: longer than messages usually wait on their way. */
const MOST_MS = 60 * 60_000
/** Number of devices whose clocks are remembered. */
const MOST_DEVICES = 10_000

export class SendingTimes {
  /** Offset of each device's clock, ms; by the name of the device. */
  readonly #offsets = new Map<string, number>()

  /**
   * True if the times do not match. A device whose clock is wrong stands out once, and again when it changes. `sent`, `written`: ms.
   */
  isOdd(device: string, sent: number, written: number): boolean {
    const offset = sent - written
    if (Math.abs(offset) <= MOST_MS) return false
    const before = this.#offsets.get(device)
    this.#offsets.delete(device)
    this.#offsets.set(device, offset)
    for (const oldest of this.#offsets.keys()) if (this.#offsets.size > MOST_DEVICES) this.#offsets.delete(oldest)
    return before === undefined || Math.abs(offset - before) > MOST_MS
  }
}
