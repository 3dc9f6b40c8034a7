/** A stretch of history under changes. Pure. */
import type { Message, MessageId } from '../../contract/domain.ts'

/**
 * Applies changed, added and removed messages to a stretch, in order of history. `open`: the stretch reaches the newest
 * message, so newer ones belong to it; otherwise only those within its bounds do.
 */
export function applyChanges(stretch: readonly Message[], changed: readonly Message[], removed: readonly MessageId[], open: boolean): Message[] {
  const changedKeys = new Map(changed.map((message) => [message.key, message]))
  const gone = new Set(removed)
  const first = stretch[0]?.id ?? 0
  const last = stretch.at(-1)?.id ?? 0
  const kept = stretch.flatMap((message) => {
    const now = changedKeys.get(message.key)
    if (now !== undefined) {
      changedKeys.delete(message.key)
      return [now]
    }
    return gone.has(message.id) ? [] : [message]
  })
  const added = [...changedKeys.values()].filter((message) => (open ? message.id > first : message.id > first && message.id < last))
  const result = [...kept, ...added]
  for (let i = 1; i < result.length; i++) if ((result[i - 1]?.id ?? 0) > (result[i]?.id ?? 0)) return result.sort((a, b) => a.id - b.id)
  return result
}
