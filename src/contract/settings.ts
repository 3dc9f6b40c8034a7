/** What the user has chosen for this computer. */
import { z } from 'zod'
import { ConversationId } from './domain.ts'

/** The languages that the interface speaks. */
export const LANGUAGES = ['zh-CN', 'zh-TW', 'ja', 'en'] as const
export const Language = z.enum(LANGUAGES)
export type Language = z.infer<typeof Language>
/** The one of the two in which the query language speaks. */
export const queryLanguage = (language: Language): 'zh-CN' | 'en' => (language === 'zh-CN' || language === 'zh-TW' ? 'zh-CN' : 'en')

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

/** A folder of the conversation list that the user has made. */
export const Folder = z.object({ id: z.string().max(100), name: z.string().trim().min(1).max(60), conversations: z.array(ConversationId).max(5000) })
export type Folder = z.infer<typeof Folder>

/** Steps of the zoom, per cent. */
export const ZOOMS = [80, 90, 100, 110, 125, 150, 175, 200] as const
export const ACCENTS = ['teal', 'blue', 'violet', 'rose', 'orange', 'green', 'graphite'] as const
export const WALLPAPERS = ['none', 'dots', 'lines', 'grid', 'glow'] as const

/** Of the conversation list, px: pictures alone, or between these two. */
export const LIST_WIDTH = { pictures: 76, least: 220, most: 480, usual: 320 } as const

export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', ...LANGUAGES]),
  /** How much room rows have. */
  density: z.enum(['comfortable', 'compact']),
  /** How large everything is drawn, per cent. */
  zoom: z.number().int().min(80).max(200),
  accent: z.enum(ACCENTS),
  /** What the ground of a conversation shows. */
  wallpaper: z.enum(WALLPAPERS),
  /** Of the conversation list, px. */
  listWidth: z.number().int().min(LIST_WIDTH.pictures).max(LIST_WIDTH.most),
  folders: z.array(Folder).max(30),
  /** All that the archives have is fetched, in the background; otherwise only what is looked at. */
  keepHistory: z.boolean(),
  /** Messages older than that are deleted from this computer; null: all are kept. */
  keepDays: z.number().int().min(1).max(36_500).nullable(),
  /** Files of people one knows are fetched by themselves up to so many bytes; 0: none. */
  fetchUpTo: z
    .number()
    .int()
    .min(0)
    .max(2 ** 40),
  /** Whether new messages are shown by the system, with their text, with a sound. */
  notify: z.boolean(),
  notifyText: z.boolean(),
  notifySound: z.boolean(),
  /** Nothing is shown between these times of day, HH:MM. */
  quiet: z.object({ from: ClockTime, to: ClockTime }).nullable(),
  /** Messages still come when the last window is closed. */
  stayInTray: z.boolean(),
  startAtLogin: z.boolean(),
  /** Contacts are told what we have read, and when we type. */
  tellRead: z.boolean(),
  tellTyping: z.boolean(),
  /** Conversations are encrypted end to end by themselves where both sides can. */
  autoEncrypt: z.boolean(),
  /** A device of somebody gets nothing that is encrypted before the user has said that it is theirs; otherwise it is believed until one of theirs was compared. */
  askTrust: z.boolean(),
  /** What others read as the name of this device, of all accounts (XEP-0384 0.8, 'label'). */
  deviceName: z.string().trim().min(1).max(50),
  /** Words that are misspelt are marked. */
  spellCheck: z.boolean(),
  /** Pictures are sent as photos (of a screen's size, without metadata) or as the files that they are. */
  picturesAs: z.enum(['photo', 'file']),
  /** A page that one links to is asked for what the message then says of it. */
  linkPreviews: z.boolean(),
  /** Newer versions are loaded by themselves, only told of, or not looked for. */
  updates: z.enum(['automatic', 'tell', 'off']),
  updateChannel: z.enum(['latest', 'beta']),
  /** The first steps were shown. */
  toured: z.boolean()
})
export type Settings = z.infer<typeof Settings>
