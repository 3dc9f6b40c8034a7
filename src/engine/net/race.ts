/** The first of several ways that works (RFC 8305 section 5): each begins as the one before it fails, or after a pause beside it. */

export interface Race<Way, Socket> {
  /** Opens one; ends it where the signal aborts, and rejects. */
  open(way: Way, signal: AbortSignal): Promise<Socket>
  /** ms that the ways before `way` have until it begins beside them. */
  pause(way: Way, before: Way): number
  /** One that opened as another had won. */
  drop(socket: Socket): void
  /** One that failed; not one that another was quicker than. */
  onFailed?(way: Way, error: unknown): void
  signal?: AbortSignal
}

/** Rejects with the error of the way that failed first, where all do; with the signal's reason, where that aborts. `ways` are one or more. */
export function race<Way, Socket>(ways: readonly Way[], { open, pause, drop, onFailed, signal }: Race<Way, Socket>): Promise<{ way: Way; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const ends = new AbortController()
    let begun = 0
    let running = 0
    let isOver = false
    let first: { error: unknown } | null = null
    let timer: NodeJS.Timeout | undefined
    const finish = (): void => {
      isOver = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      ends.abort()
    }
    const onAbort = (): void => {
      finish()
      reject(signal?.reason as Error)
    }
    const begin = (): void => {
      clearTimeout(timer)
      const way = ways[begun]
      if (way === undefined) return
      begun++
      running++
      const next = ways[begun]
      if (next !== undefined) timer = setTimeout(begin, pause(next, way))
      open(way, ends.signal).then(
        (socket) => {
          if (isOver) {
            drop(socket)
            return
          }
          finish()
          resolve({ way, socket })
        },
        (error: unknown) => {
          if (isOver) return
          running--
          first ??= { error }
          onFailed?.(way, error)
          if (begun < ways.length) begin()
          else if (running === 0) {
            finish()
            reject(first.error as Error)
          }
        }
      )
    }
    if (signal?.aborted === true) {
      reject(signal.reason as Error)
      return
    }
    signal?.addEventListener('abort', onAbort)
    begin()
  })
}
