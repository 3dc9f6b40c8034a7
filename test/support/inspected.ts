/** The threads of a Node process, through its inspector: HeapProfiler and Runtime of the DevTools protocol, NodeWorker of Node's own. */

interface Answer {
  id?: number
  result?: { usedSize?: number }
  method?: string
  params?: { sessionId: string; message?: string }
}

export interface Inspected {
  /** What its threads still hold when their garbage is collected, bytes. */
  heaps(): Promise<number>
  close(): void
}

/** Longest that a thread may take to answer, ms. */
const ANSWER_MS = 20_000

/** A process that was started with `--inspect` and that port. */
export async function inspect(port: number): Promise<Inspected> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[]
  if (target === undefined) throw new Error('there is nothing to inspect')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  const waiting = new Map<number, (answer: Answer) => void>()
  const workers = new Set<string>()
  let serial = 0
  const onAnswer = ({ id, method, params, result = {} }: Answer): void => {
    if (id !== undefined) waiting.get(id)?.({ result })
    else if (params === undefined) return
    else if (method === 'NodeWorker.attachedToWorker') workers.add(params.sessionId)
    else if (method === 'NodeWorker.detachedFromWorker') workers.delete(params.sessionId)
    else if (method === 'NodeWorker.receivedMessageFromWorker') onAnswer(JSON.parse(params.message ?? '{}') as Answer)
  }
  await new Promise<unknown>((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`the inspector at port ${port} does not answer`))
  })
  socket.onmessage = ({ data }) => onAnswer(JSON.parse(String(data)) as Answer)

  /** `worker`: null is the main thread. */
  function ask(method: string, worker: string | null = null, params: object = {}): Promise<Answer> {
    const message = { id: ++serial, method, params }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), ANSWER_MS)
      waiting.set(message.id, (answer) => {
        clearTimeout(timer)
        waiting.delete(message.id)
        resolve(answer)
      })
      socket.send(
        JSON.stringify(
          worker === null
            ? message
            : { id: ++serial, method: 'NodeWorker.sendMessageToWorker', params: { sessionId: worker, message: JSON.stringify(message) } }
        )
      )
    })
  }

  await ask('NodeWorker.enable', null, { waitForDebuggerOnStart: false })
  return {
    async heaps() {
      let all = 0
      for (const thread of [null, ...workers]) {
        await ask('HeapProfiler.collectGarbage', thread)
        all += (await ask('Runtime.getHeapUsage', thread)).result?.usedSize ?? 0
      }
      return all
    },
    close: () => socket.close()
  }
}
