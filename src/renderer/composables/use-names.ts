/** People and conversations matching typed text; a later request supersedes an earlier one. */
import { nextTick, shallowRef, type ShallowRef } from 'vue'
import type { NameMatch, PersonMatch } from '../../contract/search.ts'
import { call, CallFailed } from '../bridge.ts'

interface Matches<T> {
  names: ShallowRef<readonly T[]>
  look(text: string): void
  whenAnswered(): Promise<void>
}

function useMatches<T>(find: (text: string, signal: AbortSignal) => Promise<readonly T[]>): Matches<T> {
  const names = shallowRef<readonly T[]>([])
  let running: AbortController | null = null
  let answering: Promise<void> = Promise.resolve()
  async function ask(text: string): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    try {
      const found = await find(text, mine.signal)
      if (running === mine) names.value = found
    } catch (cause) {
      if (!(cause instanceof CallFailed && cause.code === 'cancelled')) throw cause
    }
  }
  const look = (text: string): void => void (answering = ask(text))
  /**
   * Resolves when the current text is answered: a name typed and confirmed with Enter at once takes its best match, not one
   * of the list still shown.
   */
  async function whenAnswered(): Promise<void> {
    await nextTick()
    await answering
    await nextTick()
  }
  return { names, look, whenAnswered }
}

/** Conversations by name, and people by the conversation with them. */
export const useNames = (limit: number): Matches<NameMatch> => useMatches((text, signal) => call('search.names', { text, limit }, signal))

/** People to write to: contacts, earlier correspondents, and members of groups. */
export const usePeople = (limit: number): Matches<PersonMatch> => useMatches((text, signal) => call('contacts.find', { text, limit }, signal))
