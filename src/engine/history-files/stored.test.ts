/** Stored messages of an import, of which few are in memory. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { seeded, storeFiles, temporaryFolder } from '../../../test/support/files.ts'
import { openReadable, openWritable } from '../store/database.ts'
import { packRows, type ImportRow } from '../store/import-rows.ts'
import { createWrites, type Writes } from '../store/writer.ts'
import { ImportedIds } from './imported-ids.ts'
import { StoredMemory, StoredMessages } from './stored.ts'

const CHAT = 'chat@import.invalid' as Jid
const T = Date.UTC(2024, 0, 1)
const HOUR = 3_600_000

let folder: ReturnType<typeof temporaryFolder>
let writable: ReturnType<typeof openWritable>
let readable: ReturnType<typeof openReadable>
let write: Writes
beforeEach(() => {
  folder = temporaryFolder()
  const files = storeFiles(folder.path)
  writable = openWritable(files)
  write = createWrites(writable, () => null)
  readable = openReadable(files)
})
afterEach(() => {
  readable.close()
  writable.close()
  folder[Symbol.dispose]()
})

const put = (rows: ImportRow[]) => write.importRows({ jid: CHAT, name: 'Chat', rows: packRows(rows), self: null }).ids
/** Meets messages with so few in memory */
function meeting(most: number, added = new ImportedIds()) {
  const stored = new StoredMessages(readable, CHAT, (from, to) => added.between(from, to), new StoredMemory(most))
  return (time: number, text: string, sender = 'Ann'): number | null => {
    if (!stored.ready(time)) stored.load(time)
    return stored.meet(time, sender, [], text)?.id ?? null
  }
}

test('each stored message counts once, in any order, also where its hours were let go in between', () => {
  const random = seeded(7)
  const rows = Array.from({ length: 2000 }, (_, index) => ({ sender: 'Ann', time: T + index * 10 * 60_000, text: `t${index % 3}` }))
  // each tenth stands twice
  const ids = new Set(put(rows.flatMap((row, index) => (index % 10 === 0 ? [row, row] : [row]))))
  const file = [...rows, ...rows].map((row) => ({ row, at: random() })).sort((a, b) => a.at - b.at)
  const meet = meeting(100)
  const found = file.map(({ row }) => meet(row.time, row.text)).filter((id) => id !== null)
  expect(found.length).toBe(2200)
  expect(new Set(found)).toEqual(ids)
})

test('a message that stands an hour late is recognized, and so are times before 1970 and far years', () => {
  const far = Date.UTC(2247, 11, 30)
  put([
    { sender: 'Ann', time: 0, text: 'first' },
    { sender: 'Ann', time: T + 5.5 * HOUR, place: T + 6.4 * HOUR, text: 'clocks' },
    { sender: 'Ann', time: far, text: 'far' }
  ])
  const meet = meeting(1)
  expect(meet(T + 5.5 * HOUR, 'clocks')).not.toBeNull()
  expect(meet(0, 'first')).not.toBeNull()
  expect(meet(far, 'far')).not.toBeNull()
  expect(meet(T + 5.5 * HOUR, 'clocks')).toBeNull()
})

test('what an import has added is no copy of what follows in its file', () => {
  put([{ sender: 'Ann', time: T, text: 'old' }])
  const added = new ImportedIds()
  const meet = meeting(1, added)
  expect(meet(T + 1000, 'new')).toBeNull()
  added.add(put([{ sender: 'Ann', time: T + 1000, text: 'new' }]))
  // another stretch: the first one is let go
  expect(meet(T + 40 * HOUR, 'x')).toBeNull()
  expect(meet(T + 1000, 'new')).toBeNull()
  expect(meet(T, 'old')).not.toBeNull()
})
