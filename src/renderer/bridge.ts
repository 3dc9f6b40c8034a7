/** Calls to the main process, typed by the contract. */
import type { AppEvent, CallError, Channel, Input, Output } from '../contract/ipc.ts'

/** A call that the main process refused or could not fulfil. */
export class CallFailed extends Error {
  readonly code: CallError['code']
  /** Details that the windows put into words; see i18n's failure(). */
  readonly about: Pick<CallError, 'reason' | 'file' | 'line' | 'said' | 'stopped'>
  constructor(error: CallError) {
    super(error.message)
    this.name = 'CallFailed'
    this.code = error.code
    this.about = error
  }
}

let serial = 0

/** Throws CallFailed; with code 'cancelled' where `signal` was aborted. */
export async function call<C extends Channel>(
  channel: C,
  ...[input, signal]: undefined extends Input<C> ? [input?: Input<C>, signal?: AbortSignal] : [input: Input<C>, signal?: AbortSignal]
): Promise<Output<C>> {
  const id = ++serial
  const cancel = (): void => void window.mnemo.cancel(id)
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    // a copy without Vue's proxies, which cannot be sent between processes
    const answer = await window.mnemo.call(id, channel, input === undefined ? undefined : JSON.parse(JSON.stringify(input)))
    if (!answer.ok) throw new CallFailed(answer.error)
    return answer.value as Output<C>
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

type Listener = (event: AppEvent) => void
const listeners = new Set<Listener>()
let listening = false

export function onEvent(listener: Listener): () => void {
  listeners.add(listener)
  if (!listening) {
    listening = true
    void window.mnemo.onEvents((events) => {
      for (const event of events) for (const each of listeners) each(event)
    })
  }
  return () => listeners.delete(listener)
}
