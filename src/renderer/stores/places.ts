/** Reading positions in conversations, kept in localStorage across restarts. */
import type { ConversationId, MessageId } from '../../contract/domain.ts'

const PLACES = 'places'
/** Number of conversations whose position is kept. */
const MOST_PLACES = 100
/** Interval at which the reading position is saved, ms. */
const KEEP_MS = 1000

/** First message seen when a conversation was left, by conversation; the last one left is last. */
function places(): Map<number, number> {
  const kept: unknown = JSON.parse(localStorage.getItem(PLACES) ?? '[]')
  return new Map(Array.isArray(kept) ? (kept as [number, number][]) : [])
}

export const placeOf = (id: ConversationId): MessageId | null => (places().get(id) ?? null) as MessageId | null

/** `message` null: the position is the end. */
function setPlace(id: ConversationId, message: MessageId | null): void {
  const kept = places()
  if (!kept.delete(id) && message === null) return
  if (message !== null) kept.set(id, message)
  localStorage.setItem(PLACES, JSON.stringify([...kept].slice(-MOST_PLACES)))
}

/** Saves the reading position at intervals; `flush` saves it at once. */
export function placeKeeper(): { keep(conversation: ConversationId, top: MessageId | null): void; flush(): void } {
  let place: { conversation: ConversationId; top: MessageId | null } | null = null
  let timer: number | undefined
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (place !== null) setPlace(place.conversation, place.top)
    place = null
  }
  return {
    keep(conversation, top) {
      place = { conversation, top }
      timer ??= window.setTimeout(flush, KEEP_MS)
    },
    flush
  }
}
