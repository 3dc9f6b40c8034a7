/** Typing notifications that we send (XEP-0085). */
import type { ConversationId } from '../../contract/domain.ts'
import { call } from '../bridge.ts'
import { quietly } from './unforeseen.ts'

/** Time without a key after which the user no longer counts as typing, and interval at which typing is announced again, ms. */
const PAUSED_MS = 5000
const AGAIN_MS = 15_000

/** Announces typing, repeats it now and then, and announces its end. */
export function chatState(conversation: () => ConversationId): (active: boolean) => void {
  let paused: number | null = null
  let told = -Infinity
  const say = (typing: boolean): void => {
    call('conversations.typing', { conversation: conversation(), typing }).catch(quietly)
  }
  return function type(active) {
    if (paused !== null) clearTimeout(paused)
    paused = null
    if (!active) {
      if (told > -Infinity) say(false)
      told = -Infinity
      return
    }
    paused = window.setTimeout(() => type(false), PAUSED_MS)
    if (performance.now() - told < AGAIN_MS) return
    told = performance.now()
    say(true)
  }
}
