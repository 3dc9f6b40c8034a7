/** Programs on the tests' desktop that communicate in JSON lines. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { spawnOn, type Desktop } from '../../tools/start/desktop.ts'

export interface Said {
  event: string
  [key: string]: unknown
}

export class Service {
  readonly #process: ChildProcess
  readonly #said: Said[] = []
  readonly #waiting: { event: string; resolve(said: Said): void }[] = []

  /** Starts a Python script on the desktop. */
  constructor(desktop: Desktop, script: string, args: readonly string[] = []) {
    // spawnOn's guard uses standard input: commands go through another descriptor
    this.#process = spawnOn(desktop, 'sh', ['-c', 'exec python3 "$@" <&3 3<&-', 'sh', script, ...args], ['pipe', 'inherit', 'pipe'])
    createInterface({ input: this.#process.stdout as Readable }).on('line', (line) => {
      const said = JSON.parse(line) as Said
      const at = this.#waiting.findIndex(({ event }) => event === said.event || said.event === 'error')
      if (at < 0) this.#said.push(said)
      else this.#waiting.splice(at, 1)[0]?.resolve(said)
    })
  }

  /** Next event of that kind, reported now or before and not consumed yet. Rejects on its errors. */
  async heard(event: string): Promise<Said> {
    const at = this.#said.findIndex((said) => said.event === event || said.event === 'error')
    const said = at >= 0 ? this.#said.splice(at, 1)[0] : await new Promise<Said>((resolve) => this.#waiting.push({ event, resolve }))
    if (said === undefined || said.event === 'error') throw new Error(String(said?.['text']))
    return said
  }

  ask(command: { do: string; [key: string]: unknown }, event: string): Promise<Said> {
    ;(this.#process.stdio[3] as Writable).write(`${JSON.stringify(command)}\n`)
    return this.heard(event)
  }

  stop(): void {
    this.#process.stdin?.end()
  }
}
