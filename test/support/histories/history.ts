/** A small history file of our own in the shape of an app's export, and what must be read of it. */
import type { ImportFormat } from '../../../src/contract/history-files.ts'

export interface HistoryFixture {
  /** For the test's name. */
  of: string
  format: ImportFormat
  /** The file's name, as the app gives it. */
  file: string
  content: string | object | readonly object[]
  /** Times of the file have no zone: lines tell them as local time, otherwise in UTC. */
  local?: boolean
  /**
   * By conversation 'time sender: text', '>' before the sender of one's own, '<' of others where the file says so; [kind name] for
   * files, then (edited) (pinned) (re ID) (emoji by person).
   */
  lines: Record<string, string[]>
  notices?: number
  /** Kinds that are left out, with their numbers. */
  unread?: Record<string, number>
  self?: string
}
