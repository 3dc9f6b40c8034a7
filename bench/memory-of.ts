/** Memory of processes according to Linux (proc(5), smaps_rollup). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Held {
  /** Processes of the kind. */
  count: number
  /** Resident memory, MB. */
  rss: number
  /** Proportional memory, MB: a page is shared among all processes that map it, those of other programs as well. */
  pss: number
  /** What the processes have written, MB: their part of `pss` that no other program's start or end changes. */
  written: number
}

/** Memory of a process and its descendants, by kind. */
export function memory(root: number): Map<string, Held> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    try {
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(readFileSync(join('/proc', name, 'status'), 'utf8'))?.[1]))
    } catch {
      continue
    }
  const belongs = (pid: number): boolean => pid === root || (parents.has(pid) && belongs(parents.get(pid) ?? 0))
  const kinds = new Map<string, Held>()
  for (const pid of [...parents.keys()].filter(belongs)) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    if (command === '') continue
    const kind = pid === root ? 'main process' : (/--type=([\w-]+)/.exec(command)?.[1] ?? 'Chromium browser')
    const known = kinds.get(kind) ?? { count: 0, rss: 0, pss: 0, written: 0 }
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const value = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024
    kinds.set(kind, {
      count: known.count + 1,
      rss: known.rss + value('Rss'),
      pss: known.pss + value('Pss'),
      written: known.written + value('Pss_Dirty')
    })
  }
  return kinds
}

/** Proportional memory of a process and its descendants, MB. */
export const allMemory = (root: number): number => [...memory(root).values()].reduce((sum, { pss }) => sum + pss, 0)
/** Memory that a process and its descendants have written, MB. */
export const allWritten = (root: number): number => [...memory(root).values()].reduce((sum, { written }) => sum + written, 0)
