/** Requests about the app itself: state, settings, updates, log. */
import { z } from 'zod'
import { LONGEST_TEXT } from '../domain.ts'
import { LONGEST_ERROR } from '../limits.ts'
import { Live } from '../live.ts'
import { Language, Settings } from '../settings.ts'
import { call, nothing } from './call.ts'

export const AppState = Live.extend({
  /** Language of the system, as one of the app's. */
  systemLanguage: Language,
  /** Place of the message store's key. */
  keyProtection: z.enum(['keychain', 'file']),
  version: z.string(),
  host: z.string()
})
export type AppState = z.infer<typeof AppState>

export const appRequests = {
  'app.state': call(nothing, AppState),
  /** Tells that the first window shows its list or the sign-in, so this version works. */
  'app.shown': call(nothing, nothing),
  'updates.check': call(nothing, nothing),
  /** Downloads the version that was found. */
  'updates.load': call(nothing, nothing),
  /** Quits and starts the downloaded version. */
  'updates.restart': call(nothing, nothing),
  /** Marks the release notes as read. */
  'updates.read': call(nothing, nothing),
  /** Opens the download page in the browser. */
  'updates.page': call(nothing, nothing),
  /** Starts the store's threads again; true if all run. */
  'app.mend': call(nothing, z.boolean()),
  /** Logs an unhandled error of a window: its kind and place, no text of people. */
  'app.failed': call(z.object({ error: z.string().max(LONGEST_ERROR) }), nothing),
  'app.restart': call(nothing, nothing),
  'demo.start': call(nothing, nothing),
  'settings.change': call(Settings.partial(), Settings),
  /** Counts messages older than `days`, which would be deleted. */
  'settings.expiring': call(z.object({ days: z.number().int().min(1).max(36_500) }), z.number().int()),
  /** Shows the folder of the log files. */
  'log.reveal': call(nothing, nothing),
  'clipboard.write': call(z.object({ text: z.string().max(LONGEST_TEXT) }), nothing)
} as const
