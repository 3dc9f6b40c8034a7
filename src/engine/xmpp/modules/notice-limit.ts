/** Limits the stored notices of each group: whoever enters and leaves without end fills neither the disk nor the conversation. */
import type { Jid, Notice } from '../../../contract/domain.ts'

/** Notices that are stored at once, and the time after which one more is, ms. Moderators' acts have a limit of their own, which occupants cannot use up. */
const MOST_AT_ONCE = 30
const ONE_MORE_MS = 60_000
const BY_ANYBODY: ReadonlySet<Notice['kind']> = new Set(['joined', 'left', 'renamed', 'subject'])

export class NoticeLimit {
  readonly #left = new Map<string, { count: number; at: number }>()

  /** True if a notice is to be stored. `now`: ms. */
  take(group: Jid, kind: Notice['kind'], now = performance.now()): boolean {
    const name = `${BY_ANYBODY.has(kind) ? 'anybody' : 'moderators'} ${group}`
    const before = this.#left.get(name) ?? { count: MOST_AT_ONCE, at: now }
    const more = Math.floor((now - before.at) / ONE_MORE_MS)
    const count = Math.min(MOST_AT_ONCE, before.count + more)
    const at = count === MOST_AT_ONCE ? now : before.at + more * ONE_MORE_MS
    this.#left.set(name, { count: Math.max(0, count - 1), at })
    return count > 0
  }
}
