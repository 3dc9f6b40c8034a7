/** Readings of archives: tell which of two copies of a message an archive has first. In memory only: a new process begins a new reading. */
import type { RecordBatch } from './types.ts'

/** Number of archive ids of a reading that are remembered, and of readings. */
const MOST_IDS = 20_000
const MOST_READINGS = 50

/** `upTo`: archive id with which the last page ended; `mark`: key of the last message before the reading; `ids`: archive ids met since. */
export interface Reading {
  upTo: string | null
  mark: number
  ids: Set<string>
}

export interface Readings {
  /** Reading that a page continues, or a new one; null: no page of newer messages. `lastKey`: key of the last message before the page. */
  of(batch: RecordBatch, lastKey: number): Reading | null
}

export function createReadings(): Readings {
  const readings = new Map<string, Reading>()
  return {
    of({ account = '', archive, order }, lastKey) {
      if (archive === null || order !== 'forward') return null
      const name = `${account} ${archive.jid}`
      const before = readings.get(name)
      const goesOn = before !== undefined && archive.after !== undefined && before.upTo === archive.after
      const reading = goesOn ? before : { upTo: null, mark: lastKey, ids: new Set<string>() }
      readings.delete(name)
      readings.set(name, reading)
      for (const old of readings.keys()) if (readings.size > MOST_READINGS) readings.delete(old)
      reading.upTo = archive.lastId ?? null
      return reading
    }
  }
}

/** True if the archive has a stored message further on, and has not had it yet. */
export const isAhead = (reading: Reading | null, { id, stanza_id }: { id: number; stanza_id: string | null }): boolean =>
  reading !== null && reading.ids.size < MOST_IDS && stanza_id !== null && id > reading.mark && !reading.ids.has(stanza_id)
