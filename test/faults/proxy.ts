/** TCP proxy that simulates network faults. */
import { connect, createServer, type Server, type Socket } from 'node:net'

interface Pair {
  client: Socket
  upstream: Socket
}

export class FaultyProxy {
  port = 0
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #delayMs = 0
  #stalled = false
  #truncate = false

  constructor(upstreamPort: number) {
    this.#server = createServer((client) => {
      const upstream = connect(upstreamPort, '127.0.0.1')
      const pair = { client, upstream }
      this.#pairs.add(pair)
      this.#join(client, upstream, pair)
      this.#join(upstream, client, pair)
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    this.port = typeof address === 'object' ? (address?.port ?? 0) : 0
  }

  stop(): void {
    this.cut()
    this.#server.close()
  }

  /** Cuts every stream without closing it properly. */
  cut(): void {
    for (const pair of this.#pairs) this.#end(pair)
  }

  /** Stalls all streams without notice: half-open. New streams hang, too. */
  stall(on: boolean): void {
    this.#stalled = on
    for (const { client, upstream } of this.#pairs)
      for (const socket of [client, upstream])
        if (on) socket.pause()
        else socket.resume()
  }

  /** Delays every piece by `ms`. */
  set delay(ms: number) {
    this.#delayMs = ms
  }

  /** Truncates the next piece of each stream, then ends the stream. */
  truncate(): void {
    this.#truncate = true
  }

  #join(from: Socket, to: Socket, pair: Pair): void {
    let waiting: Promise<void> = Promise.resolve()
    from.on('data', (chunk: Buffer) => {
      if (this.#truncate && chunk.length > 1) {
        this.#truncate = false
        to.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => this.#end(pair))
        return
      }
      if (this.#delayMs === 0) {
        void waiting.then(() => to.write(chunk))
        return
      }
      const later = new Promise<void>((resolve) => setTimeout(resolve, this.#delayMs))
      waiting = waiting.then(() => later)
      void waiting.then(() => to.write(chunk))
    })
    from.on('error', () => undefined)
    from.on('close', () => this.#end(pair))
    if (this.#stalled) from.pause()
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair)
    pair.client.destroy()
    pair.upstream.destroy()
  }
}
