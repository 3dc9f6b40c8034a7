/** Unhandled errors: all are logged, and the user is told of those that interrupted a user's action. */
import { shallowRef, type App } from 'vue'
import { LONGEST_ERROR } from '../../contract/limits.ts'
import { call, CallFailed } from '../bridge.ts'

/** Last error to show to the user; null if there is none or it was dismissed. */
export const unforeseen = shallowRef<unknown>(null)

/** Number of errors that one window logs at most: a window that fails in a loop does not fill the log. */
const MOST = 50
let told = 0

/** Errors whose messages the language writes; messages of others may quote user content. */
const OWN_WORDS = new Set(['TypeError', 'ReferenceError', 'RangeError'])

/** An error as it may be logged: its kind and stack frames, its message only if the language wrote it. */
export function forLog(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause
  const places = (cause.stack ?? '').split('\n').filter((line) => /^\s+at (?:.* \()?(?:app|file|node):.*:\d+:\d+\)?$/.test(line))
  const head = cause instanceof CallFailed ? `CallFailed ${cause.code}` : OWN_WORDS.has(cause.name) ? `${cause.name}: ${cause.message}` : cause.name
  return [head, ...places].join('\n').slice(0, LONGEST_ERROR)
}

const isCancelled = (cause: unknown): boolean => cause instanceof CallFailed && cause.code === 'cancelled'

/** Handles failures of calls that no user waits for (typing, read markers): they are only logged. */
export function quietly(cause: unknown): void {
  // the main process has already logged its own unforeseen errors
  if (isCancelled(cause) || (cause instanceof CallFailed && cause.code === 'internal')) return
  if (told++ < MOST) call('app.failed', { error: forLog(cause) }).catch(() => undefined)
}

function take(cause: unknown): void {
  if (cause instanceof CallFailed && !isCancelled(cause)) unforeseen.value = cause
  else console.error(cause)
  quietly(cause)
}

export function watchErrors(app: App): void {
  app.config.errorHandler = take
  // a resize observer that does not finish within a frame continues in the next one; Chromium reports that as an error without a
  // cause
  addEventListener('error', ({ error }) => error !== null && error !== undefined && take(error))
  addEventListener('unhandledrejection', (event) => {
    event.preventDefault()
    take(event.reason)
  })
}
