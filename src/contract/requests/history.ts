/** Requests about history: archives, disk use, import and export. */
import { z } from 'zod'
import { ConversationId, MissingHistory, Usage } from '../domain.ts'
import { ExportFormat, ExportSummary, ImportOptions, ImportPreview, ImportSummary, LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../history-files.ts'
import { LONGEST_QUERY } from '../limits.ts'
import { call, nothing } from './call.ts'

export const historyRequests = {
  'storage.usage': call(nothing, Usage),
  /** Deletes downloaded files that can be fetched again, of one or of all conversations; returns the bytes freed. */
  'storage.clear': call(z.object({ conversation: ConversationId.nullable() }), z.number().int()),
  /** Archives that are not complete on this computer yet, so search misses their rest; empty when complete. */
  'history.missing': call(nothing, z.array(MissingHistory)),
  /** Fetches older messages of a conversation; false where there are none, or no connection. */
  'history.older': call(z.object({ conversation: ConversationId }), z.boolean()),
  /** Lets the user choose a history file; null if canceled. `preview` null: encrypted, a password is needed. The path stays in the main process. */
  'transfer.choose': call(nothing, z.object({ token: z.string(), file: z.string(), preview: ImportPreview.nullable() }).nullable()),
  /** Previews the chosen file with other options. */
  'transfer.preview': call(z.object({ token: z.string().max(100), options: ImportOptions }), ImportPreview),
  /** Imports the chosen file. `names`: pairs of a person in the file and the name to show; pairs, because a name may be any text, even __proto__. */
  'transfer.import': call(
    z.object({
      token: z.string().max(100),
      options: ImportOptions,
      self: z.string().max(3071).nullable(),
      names: z.array(z.tuple([z.string().max(3071), z.string().min(1).max(1023)])),
      conversation: z.string().min(1).max(1023).nullable()
    }),
    ImportSummary
  ),
  /** Exports where the user chooses; null if canceled. `password`: for a protected export, null for others. */
  'transfer.export': call(
    z
      .object({
        query: z.string().max(LONGEST_QUERY).nullable(),
        conversation: ConversationId.nullable(),
        format: ExportFormat,
        language: z.enum(['zh-CN', 'en']),
        password: z.string().min(SHORTEST_PASSWORD).max(LONGEST_PASSWORD).nullable()
      })
      .refine(({ format, password }) => (format === 'mnemo') === (password !== null)),
    ExportSummary.nullable()
  ),
  /** Shows the last exported file in its folder. */
  'transfer.reveal': call(nothing, nothing)
} as const
