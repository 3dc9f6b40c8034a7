/** Tables, and the functions shared by the parts of the writer. */
import type { Message } from '../../../contract/domain.ts'
import type { createEncrypting } from '../encrypting.ts'
import type { StoreChanges } from '../types.ts'
import type { accountWrites } from './account.ts'
import type { archiveWrites } from './archive.ts'
import type { changeWrites } from './change.ts'
import type { conversationWrites } from './conversation.ts'
import type { messageWrites } from './message.ts'
import type { MessageRow } from './message-row.ts'
import type { noticeWrites } from './notice.ts'

export interface Tables {
  accounts: ReturnType<typeof accountWrites>
  archives: ReturnType<typeof archiveWrites>
  alterations: ReturnType<typeof changeWrites>
  conversations: ReturnType<typeof conversationWrites>
  encrypting: ReturnType<typeof createEncrypting>
  messages: ReturnType<typeof messageWrites>
  notices: ReturnType<typeof noticeWrites>
  /** Changes to report to windows. */
  changes(touched: Iterable<number>, changed?: Message[], removed?: StoreChanges['removed'], added?: number): StoreChanges
  /** Row of a message that was just written. */
  read(id: number): MessageRow
}
