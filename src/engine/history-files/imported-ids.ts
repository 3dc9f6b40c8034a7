/** The ids of all messages that an import added, kept small until they are asked for: a cancelled import is undone by them. */
import type { MessageId } from '../../contract/domain.ts'

/** Ids of one transaction by what each is more than the one before it, where that fits into 32 bits; otherwise as they are. */
type Run = { first: number; steps: Uint32Array } | Float64Array

const MOST_STEP = 0xffffffff

export class ImportedIds {
  readonly #runs: Run[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  add(given: Iterable<number>): void {
    const ids = [...given]
    const [first] = ids
    if (first === undefined) return
    this.#length += ids.length
    const small = ids.every((id, index) => {
      const step = id - (ids[index - 1] ?? id)
      return step >= 0 && step <= MOST_STEP
    })
    this.#runs.push(small ? { first, steps: Uint32Array.from(ids, (id, index) => id - (ids[index - 1] ?? id)) } : Float64Array.from(ids))
  }

  all(): MessageId[] {
    const ids: MessageId[] = []
    for (const run of this.#runs) {
      if (run instanceof Float64Array) for (const id of run) ids.push(id as MessageId)
      else {
        let at = run.first
        for (const step of run.steps) ids.push((at += step) as MessageId)
      }
    }
    return ids
  }
}
