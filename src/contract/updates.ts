/** Updates of Mnemo: progress and problems. */
import { z } from 'zod'

/**
 * Reason why an update failed. `network`: the server was not reached, or the download broke off; `checksum`: the file is not the announced one;
 * `signature`: the announcement or installer is not signed by the makers of this Mnemo; `full`: the disk is full.
 */
export const UpdateProblem = z.enum(['network', 'checksum', 'signature', 'full', 'other'])
export type UpdateProblem = z.infer<typeof UpdateProblem>

const release = { version: z.string(), notes: z.string().nullable() }

export const UpdateProgress = z.discriminatedUnion('at', [
  /** This build has no update server: its system's package manager, or whoever built it, provides updates. */
  z.object({ at: z.literal('unavailable') }),
  /** `checked`: time of the last check, ms; null: none since the start. */
  z.object({ at: z.literal('newest'), checked: z.number().nullable() }),
  z.object({ at: z.literal('checking') }),
  /** `page`: address of the download page, where this kind of installation cannot replace itself. */
  z.object({ at: z.literal('found'), ...release, page: z.string().nullable() }),
  /** `share`: 0 to 1. */
  z.object({ at: z.literal('loading'), ...release, share: z.number() }),
  /** The update is downloaded and verified; it is installed when Mnemo quits. */
  z.object({ at: z.literal('ready'), ...release }),
  z.object({ at: z.literal('failed'), problem: UpdateProblem, version: z.string().nullable() })
])
export type UpdateProgress = z.infer<typeof UpdateProgress>

export const UpdateState = z.object({
  progress: UpdateProgress,
  /** Release that was installed; set after an update, until it is read. */
  news: z.object(release).nullable(),
  /** Version that failed to start and was replaced by this, its predecessor. */
  returnedFrom: z.string().nullable()
})
export type UpdateState = z.infer<typeof UpdateState>
