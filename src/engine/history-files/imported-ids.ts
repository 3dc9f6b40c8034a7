/** The ids of all messages that an import added, kept small until they are asked for: a cancelled import is undone by them. */
import type { MessageId } from '../../contract/domain.ts'

/** Ids of one transaction by what each is more than the one before it, where that fits into 32 bits; otherwise as they are. */
interface Run {
  least: number
  most: number
  ids: Uint32Array | Float64Array
}

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
    let [least, most] = [first, first]
    for (const id of ids) [least, most] = [Math.min(least, id), Math.max(most, id)]
    const small = ids.every((id, index) => {
      const step = id - (ids[index - 1] ?? id)
      return step >= 0 && step <= MOST_STEP
    })
    this.#runs.push({ least, most, ids: small ? Uint32Array.from(ids, (id, index) => id - (ids[index - 1] ?? id)) : Float64Array.from(ids) })
  }

  all(): MessageId[] {
    return this.#runs.flatMap((run) => [...idsOf(run)])
  }

  /** Ids of a range, both ends included. */
  between(from: number, to: number): Set<number> {
    const found = new Set<number>()
    for (const run of this.#runs) if (run.most >= from && run.least <= to) for (const id of idsOf(run)) if (id >= from && id <= to) found.add(id)
    return found
  }
}

function* idsOf({ least, ids }: Run): Generator<MessageId> {
  if (ids instanceof Float64Array) for (const id of ids) yield id as MessageId
  else {
    let at = least
    for (const step of ids) yield (at += step) as MessageId
  }
}
