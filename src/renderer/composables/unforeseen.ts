/** Errors that nothing has dealt with: they go into the log, and the user is told of those that undid something they asked for. */
import { shallowRef, type App } from 'vue'
import { LONGEST_ERROR } from '../../contract/limits.ts'
import { call, CallFailed } from '../bridge.ts'

/** The last one that the user is to be told of; null: there is none, or it was read. */
export const unforeseen = shallowRef<unknown>(null)

/** A window that fails in a loop does not fill the log. */
const MOST = 50
let told = 0

/** Messages of other kinds may quote what people wrote. */
const OWN_WORDS = new Set(['TypeError', 'ReferenceError', 'RangeError'])

/** An error as the log may have it: its kind and the places in the code, its message only where the language itself wrote it. */
export function forLog(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause
  const places = (cause.stack ?? '').split('\n').filter((line) => /^\s+at (?:.* \()?(?:app|file|node):.*:\d+:\d+\)?$/.test(line))
  const head = cause instanceof CallFailed ? `CallFailed ${cause.code}` : OWN_WORDS.has(cause.name) ? `${cause.name}: ${cause.message}` : cause.name
  return [head, ...places].join('\n').slice(0, LONGEST_ERROR)
}

const isCancelled = (cause: unknown): boolean => cause instanceof CallFailed && cause.code === 'cancelled'

/** For calls that no user waits for (typing, read marks): a failure of theirs goes into the log alone. */
export function quietly(cause: unknown): void {
  // of an error that it did not foresee main has written its own line
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
  // a resize observer that is not finished within a frame goes on in the next one; Chromium tells it as an error without a cause
  addEventListener('error', ({ error }) => error !== null && error !== undefined && take(error))
  addEventListener('unhandledrejection', (event) => {
    event.preventDefault()
    take(event.reason)
  })
}
