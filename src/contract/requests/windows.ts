/** Requests that open windows, or look at the screen. */
import { z } from 'zod'
import { ConversationId, MessageId } from '../domain.ts'
import { LONGEST_QUERY } from '../limits.ts'
import { AttachmentId, call, nothing } from './call.ts'

/** PNG of a screen, or the reason for its lack: forbidden by the system, or no picture. */
export const ScreenPicture = z.union([z.object({ base64: z.string() }), z.object({ failed: z.enum(['denied', 'none']) })])
export type ScreenPicture = z.infer<typeof ScreenPicture>

export const windowRequests = {
  /** Captures the screen of the window; `hide`: without the window itself. */
  'screen.capture': call(z.object({ hide: z.boolean() }), ScreenPicture),
  /** Brings the main window to the front with a conversation. */
  'windows.showConversation': call(z.object({ conversation: ConversationId }), nothing),
  'windows.openSearch': call(z.object({ query: z.string().max(LONGEST_QUERY) }), nothing),
  'windows.openChat': call(z.object({ conversation: ConversationId, message: MessageId.nullable() }), nothing),
  /** Opens the pictures of a conversation in a window. */
  'windows.openViewer': call(z.object({ conversation: ConversationId, id: AttachmentId }), nothing),
  /** Tells that the page of a spare window can take its content. */
  'windows.ready': call(nothing, nothing),
  /** Closes the calling window. */
  'windows.close': call(nothing, nothing),
  'windows.openSettings': call(nothing, nothing)
} as const
