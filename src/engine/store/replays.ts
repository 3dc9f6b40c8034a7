/** Replays of their last messages by groups without an archive, when we join: each stored copy counts once, and new messages stand where the group has them. */
import type { ConversationId } from '../../contract/domain.ts'
import { isChange } from './authors.ts'
import { firstKeyAt } from './order.ts'
import type { Tables } from './tables/index.ts'
import type { IncomingMessage } from './types.ts'

/** `at`: key of the message replayed last; `known`: keys of all replayed messages. */
interface Replay {
  at: number
  known: Set<number>
}
/** Tolerance between the stamps of a group and arrival times, ms. */
const TOLERATED_MS = 60_000

/** True for a message of such a replay. */
export const isReplayed = ({ replayed, kind, stanzaId, replay }: IncomingMessage): boolean =>
  replayed && kind === 'group' && stanzaId === null && replay !== undefined

export function createReplays({ messages }: Pick<Tables, 'messages'>) {
  /** Replays by groups without an archive when we join: position reached in history, and messages of the replay found in the store. */
  const replays = new Map<ConversationId, Replay & { replay: number }>()
  function replayOf(id: ConversationId, { replay = 0 }: IncomingMessage): Replay {
    const before = replays.get(id)
    if (before?.replay === replay) return before
    const begun = { replay, at: 0, known: new Set<number>() }
    replays.set(id, begun)
    return begun
  }

  function pass(replay: Replay, key: number): void {
    replay.at = key
    replay.known.add(key)
  }
  /** Keys between which the group's next replayed message stands; null: at the end. `later`: messages that come with it. */
  function gapIn(
    id: ConversationId,
    incoming: IncomingMessage,
    { at, known }: Replay,
    later: readonly IncomingMessage[]
  ): { prev: number; next: number } | null {
    if (at > 0) return { prev: at, next: messages.replayableBeside(id, at, 'after') ?? Infinity }
    for (const one of later) {
      if (!isReplayed(one) || isChange(one)) continue
      const row = messages.replayableBefore(id, one).find((found) => !known.has(found.id) && (found.outgoing === 0 || found.message_id !== null))
      if (row !== undefined) return { prev: messages.replayableBeside(id, row.id, 'before') ?? 0, next: row.id }
    }
    // the first one comes alone: by the group's stamp, if that is clear
    const after = Math.abs(incoming.ahead ?? 0) > TOLERATED_MS ? null : messages.replayableBeside(id, firstKeyAt(incoming.time), 'after')
    const next = after === null ? undefined : messages.byId(after)
    if (next !== undefined && next.time - incoming.time > TOLERATED_MS) return { prev: messages.replayableBeside(id, next.id, 'before') ?? 0, next: next.id }
    return null
  }

  return { replayOf, pass, gapIn }
}
