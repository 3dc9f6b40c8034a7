/** Race of several ways to connect (RFC 8305 section 5): each starts when the one before it fails, or after a pause. */

export interface Race<Way, Socket> {
  /** Opens one way; aborts and rejects on the signal. */
  open(way: Way, signal: AbortSignal): Promise<Socket>
  /** Pause before `way` starts beside `before`, ms. */
  pause(way: Way, before: Way): number
  /** Closes a socket that opened after another had won. */
  drop(socket: Socket): void
  /** Called for a way that failed, not for one that lost the race. */
  onFailed?(way: Way, error: unknown): void
  signal?: AbortSignal
}

/** Rejects with the first error if all ways fail; with the signal's reason on abort. `ways` must not be empty. */
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
