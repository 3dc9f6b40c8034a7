/** Threads of a Node process, through its inspector: HeapProfiler and Runtime of the DevTools protocol, NodeWorker of Node's own. */

interface Answer {
  id?: number
  result?: { usedSize?: number }
  method?: string
  params?: { sessionId: string; message?: string; workerInfo?: { title: string } }
}

export interface Inspected {
  /** Memory that the threads still hold after a garbage collection, bytes. */
  heaps(): Promise<number>
  /** Ends a thread by name, as its own exit would. Waits until it exists. */
  end(name: string): Promise<void>
  close(): void
}

/** Time limit for a thread's answer, ms. */
const ANSWER_MS = 120_000

/** Waits for a condition. Rejects with `message` after the time limit for an answer. */
async function until(isSo: () => boolean, message: string): Promise<void> {
  const last = performance.now() + ANSWER_MS
  while (!isSo()) {
    if (performance.now() > last) throw new Error(message)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Connects to a process started with `--inspect` and that port. */
export async function inspect(port: number): Promise<Inspected> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[]
  if (target === undefined) throw new Error('there is nothing to inspect')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  const waiting = new Map<number, (answer: Answer) => void>()
  /** Titles of the worker threads, which contain their names, by session. */
  const workers = new Map<string, string>()
  let serial = 0
  const onAnswer = ({ id, method, params, result = {} }: Answer): void => {
    if (id !== undefined) waiting.get(id)?.({ result })
    else if (params === undefined) return
    else if (method === 'NodeWorker.attachedToWorker') workers.set(params.sessionId, params.workerInfo?.title ?? '')
    else if (method === 'NodeWorker.detachedFromWorker') workers.delete(params.sessionId)
    else if (method === 'NodeWorker.receivedMessageFromWorker') onAnswer(JSON.parse(params.message ?? '{}') as Answer)
  }
  await new Promise<unknown>((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`the inspector at port ${port} does not answer`))
  })
  socket.onmessage = ({ data }) => onAnswer(JSON.parse(String(data)) as Answer)

  /** `worker`: null is the main thread. Returns the id of the answer. */
  function send(method: string, worker: string | null, params: object): number {
    const message = { id: ++serial, method, params }
    const outer =
      worker === null ? message : { id: ++serial, method: 'NodeWorker.sendMessageToWorker', params: { sessionId: worker, message: JSON.stringify(message) } }
    socket.send(JSON.stringify(outer))
    return message.id
  }

  function ask(method: string, worker: string | null = null, params: object = {}): Promise<Answer> {
    const id = send(method, worker, params)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), ANSWER_MS)
      waiting.set(id, (answer) => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(answer)
      })
    })
  }

  await ask('NodeWorker.enable', null, { waitForDebuggerOnStart: false })
  return {
    async heaps() {
      let all = 0
      for (const thread of [null, ...workers.keys()]) {
        await ask('HeapProfiler.collectGarbage', thread)
        all += (await ask('Runtime.getHeapUsage', thread)).result?.usedSize ?? 0
      }
      return all
    },
    async end(name) {
      const find = (): string | undefined => [...workers].find(([, title]) => title.includes(name))?.[0]
      await until(() => find() !== undefined, `there is no thread ${name}`)
      const worker = find() ?? ''
      // a thread that exits does not answer
      send('Runtime.evaluate', worker, { expression: 'process.exit(7)' })
      await until(() => !workers.has(worker), `the thread ${name} goes on`)
    },
    close: () => socket.close()
  }
}
