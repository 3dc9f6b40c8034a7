/** The only code that uses ipcMain: checks the sender, validates the input, turns every failure into a typed error. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { z } from 'zod'
import { IPC } from '../../contract/channels.ts'
import { requests, type Answer, type CallError, type Channel, type Output, type ParsedInput } from '../../contract/ipc.ts'

export interface CallContext {
  sender: WebContents
  /** Aborted when the window cancels the call or closes. */
  signal: AbortSignal
}
export type Handlers = { [C in Channel]: (input: ParsedInput<C>, context: CallContext) => Promise<Output<C>> | Output<C> }

export interface RouterOptions {
  handlers: Handlers
  /** Ends when calls can be answered: a page may load before the profile is open. */
  opened: Promise<void>
  /** Whether a frame with that URL may call at all. */
  trusts(url: string): boolean
  /** Turns an expected error into one for the user; null for an unexpected one. */
  explain(error: unknown): CallError | null
  warn(message: string): void
}

const CallArguments = z.tuple([z.number().int(), z.string().max(100), z.unknown()])

/** Starts answering calls; returns a function that stops it. */
export function route({ handlers, opened, trusts, explain, warn }: RouterOptions): () => void {
  const running = new Map<WebContents, Map<number, AbortController>>()

  function callsOf(sender: WebContents): Map<number, AbortController> {
    const known = running.get(sender)
    if (known !== undefined) return known
    const calls = new Map<number, AbortController>()
    running.set(sender, calls)
    sender.once('destroyed', () => {
      for (const call of calls.values()) call.abort()
      running.delete(sender)
    })
    return calls
  }

  const refuse = (code: CallError['code'], message: string): Answer<never> => ({ ok: false, error: { code, message } })

  async function call(event: IpcMainInvokeEvent, ...args: unknown[]): Promise<Answer<unknown>> {
    const frame = event.senderFrame
    if (frame === null || frame.parent !== null || !trusts(frame.url)) {
      warn(`a call from ${frame?.url ?? 'a frame that is gone'} was refused`)
      return refuse('bad-input', 'this frame may not call')
    }
    const parsed = CallArguments.safeParse(args)
    if (!parsed.success) return refuse('bad-input', 'a call is an id, a channel and an input')
    const [id, channel, raw] = parsed.data
    if (!isChannel(channel)) return refuse('unknown-channel', `there is no channel '${channel}'`)
    const input = requests[channel].input.safeParse(raw ?? undefined)
    if (!input.success) return refuse('bad-input', `${channel}: ${input.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`)
    const calls = callsOf(event.sender)
    const controller = new AbortController()
    calls.set(id, controller)
    try {
      await opened
      const handler = handlers[channel] as (input: unknown, context: CallContext) => unknown
      return { ok: true, value: await handler(input.data, { sender: event.sender, signal: controller.signal }) }
    } catch (error) {
      const known = explain(error)
      if (known !== null) return { ok: false, error: known }
      warn(`${channel} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      return refuse('internal', 'something went wrong')
    } finally {
      calls.delete(id)
    }
  }

  ipcMain.handle(IPC.call, call)
  ipcMain.handle(IPC.cancel, (event, id: unknown) => {
    if (typeof id === 'number') running.get(event.sender)?.get(id)?.abort()
  })
  return () => {
    ipcMain.removeHandler(IPC.call)
    ipcMain.removeHandler(IPC.cancel)
  }
}

const isChannel = (name: string): name is Channel => Object.hasOwn(requests, name)
