/** Files of a message. */
import { z } from 'zod'

export const AttachmentKind = z.enum(['image', 'video', 'voice', 'file'])
export type AttachmentKind = z.infer<typeof AttachmentKind>
/** Noun for a message that is a file. */
export const AttachmentNoun = z.enum([...AttachmentKind.options, 'sticker', 'contact'])
export type AttachmentNoun = z.infer<typeof AttachmentNoun>

/** ThumbHash (https://github.com/evanw/thumbhash), base64. */
export const Preview = z.string().regex(/^[A-Za-z0-9+/]{4,60}={0,2}$/)

export const Attachment = z.object({
  id: z.number().int().positive(),
  kind: AttachmentKind,
  name: z.string(),
  /** null where unknown */
  bytes: z.number().int().nonnegative().nullable(),
  /** On this computer, on the sender's server, or lost. */
  where: z.enum(['here', 'there', 'nowhere']),
  /** Placeholder of an image that is not here yet: ThumbHash, base64. */
  preview: Preview.nullable(),
  /** Size of an image in pixels, where known. */
  width: z.number().int().positive().nullable(),
  height: z.number().int().positive().nullable()
})
export type Attachment = z.infer<typeof Attachment>

/** Progress of an upload or download, in bytes; `total`: null where unknown. */
export const FileProgress = z.object({ done: z.number(), total: z.number().nullable() })
export type FileProgress = z.infer<typeof FileProgress>
