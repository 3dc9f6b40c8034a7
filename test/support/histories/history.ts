/** Small history file of our own in the shape of an app's export, with the expected result. */
import type { ImportFormat } from '../../../src/contract/history-files.ts'

export interface HistoryFixture {
  /** Part of the test's name. */
  of: string
  format: ImportFormat
  /** File name, as the app gives it. */
  file: string
  content: string | object | readonly object[]
  /** The file's times have no zone: the expected lines are in local time, otherwise in UTC. */
  local?: boolean
  /**
   * Expected lines by conversation: 'time sender: text', with '>' before the user's own sender, '<' before others where the file marks them;
   * [kind name] for files, then (edited) (pinned) (re ID) (emoji by person).
   */
  lines: Record<string, string[]>
  notices?: number
  /** Kinds that are left out, with their counts. */
  unread?: Record<string, number>
  self?: string
}
