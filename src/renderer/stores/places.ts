/** Where one was reading in a conversation, kept by the page itself over restarts. */
import type { ConversationId, MessageId } from '../../contract/domain.ts'

const PLACES = 'places'
/** Of so many conversations the place is kept. */
const MOST_PLACES = 100

/** By conversation, the first message that was seen when it was left; the one left last stands last. */
function places(): Map<number, number> {
  const kept: unknown = JSON.parse(localStorage.getItem(PLACES) ?? '[]')
  return new Map(Array.isArray(kept) ? (kept as [number, number][]) : [])
}

export const placeOf = (id: ConversationId): MessageId | null => (places().get(id) ?? null) as MessageId | null

/** `message` null: one is at its end. */
export function setPlace(id: ConversationId, message: MessageId | null): void {
  const kept = places()
  if (!kept.delete(id) && message === null) return
  if (message !== null) kept.set(id, message)
  localStorage.setItem(PLACES, JSON.stringify([...kept].slice(-MOST_PLACES)))
}
