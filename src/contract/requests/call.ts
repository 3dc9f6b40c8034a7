/** Parts shared by all requests. */
import { z } from 'zod'

export const nothing = z.void()

/** Request with the schemas of its input and its output. */
export const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): { input: I; output: O } => ({ input, output })

export const AttachmentId = z.number().int().positive()

/** Square picture of a person or a group; `side` in pixels. */
export const OwnPicture = z.object({
  base64: z.string().max(700_000),
  type: z.enum(['image/png', 'image/jpeg', 'image/webp']),
  side: z.number().int().min(1).max(1024)
})
export type OwnPicture = z.infer<typeof OwnPicture>
