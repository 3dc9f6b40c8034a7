/** Newer versions of Mnemo: how far getting one has come. */
import { z } from 'zod'

/**
 * Why an update failed. `network`: the server was not reached, or the download broke off; `checksum`: the file is not the one that was
 * announced; `signature`: the announcement, or the installer, is not signed by the makers of this Mnemo; `full`: no room on the disk.
 */
export const UpdateProblem = z.enum(['network', 'checksum', 'signature', 'full', 'other'])
export type UpdateProblem = z.infer<typeof UpdateProblem>

const release = { version: z.string(), notes: z.string().nullable() }

export const UpdateProgress = z.discriminatedUnion('at', [
  /** This build has no server for updates: its system's packages bring them, or whoever built it. */
  z.object({ at: z.literal('unavailable') }),
  /** `checked`: when the server was asked last, ms; null: not since the start. */
  z.object({ at: z.literal('newest'), checked: z.number().nullable() }),
  z.object({ at: z.literal('checking') }),
  /** `page`: address of the download where this kind of installation does not replace itself. */
  z.object({ at: z.literal('found'), ...release, page: z.string().nullable() }),
  /** `share`: 0 to 1. */
  z.object({ at: z.literal('loading'), ...release, share: z.number() }),
  /** It is there and checked; it is put in place at the end of this Mnemo. */
  z.object({ at: z.literal('ready'), ...release }),
  z.object({ at: z.literal('failed'), problem: UpdateProblem, version: z.string().nullable() })
])
export type UpdateProgress = z.infer<typeof UpdateProgress>

export const UpdateState = z.object({
  progress: UpdateProgress,
  /** Set after an update, until it is read. */
  news: z.object(release).nullable(),
  /** A version that did not start; this is the one before it. */
  returnedFrom: z.string().nullable()
})
export type UpdateState = z.infer<typeof UpdateState>
