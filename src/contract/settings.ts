/** The user's settings on this computer. */
import { z } from 'zod'
import { ConversationId } from './domain.ts'

/** Languages of the interface. */
export const LANGUAGES = ['zh-CN', 'zh-TW', 'ja', 'en'] as const
export const Language = z.enum(LANGUAGES)
export type Language = z.infer<typeof Language>
/** Language of the query language: English or Chinese. */
export const queryLanguage = (language: Language): 'zh-CN' | 'en' => (language === 'zh-CN' || language === 'zh-TW' ? 'zh-CN' : 'en')

const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

/** The user's own folder of the conversation list. */
export const Folder = z.object({ id: z.string().max(100), name: z.string().trim().min(1).max(60), conversations: z.array(ConversationId).max(5000) })
export type Folder = z.infer<typeof Folder>

/** Steps of the zoom, per cent. */
export const ZOOMS = [80, 90, 100, 110, 125, 150, 175, 200] as const
export const ACCENTS = ['teal', 'blue', 'violet', 'rose', 'orange', 'green', 'graphite'] as const
export const WALLPAPERS = ['none', 'dots', 'lines', 'grid', 'glow'] as const

/** Width of the conversation list, px: avatars only, or between `least` and `most`. */
export const LIST_WIDTH = { pictures: 76, least: 220, most: 480, usual: 320 } as const

export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', ...LANGUAGES]),
  /** Height of rows. */
  density: z.enum(['comfortable', 'compact']),
  /** Zoom of all windows, per cent. */
  zoom: z.number().int().min(80).max(200),
  accent: z.enum(ACCENTS),
  /** Background of conversations. */
  wallpaper: z.enum(WALLPAPERS),
  /** Width of the conversation list, px. */
  listWidth: z.number().int().min(LIST_WIDTH.pictures).max(LIST_WIDTH.most),
  folders: z.array(Folder).max(30),
  /** Downloads all messages of the archives in the background; otherwise only on demand. */
  keepHistory: z.boolean(),
  /** Age, in days, at which messages are deleted from this computer; null keeps all. */
  keepDays: z.number().int().min(1).max(36_500).nullable(),
  /** Largest file from known people that is downloaded automatically, bytes; 0: none. */
  fetchUpTo: z
    .number()
    .int()
    .min(0)
    .max(2 ** 40),
  /** System notifications for new messages: whether they appear, with text, with a sound. */
  notify: z.boolean(),
  notifyText: z.boolean(),
  notifySound: z.boolean(),
  /** Quiet hours without notifications, HH:MM. */
  quiet: z.object({ from: ClockTime, to: ClockTime }).nullable(),
  /** Keeps running when the last window is closed, so that messages still arrive. */
  stayInTray: z.boolean(),
  startAtLogin: z.boolean(),
  /** Sends read markers and typing notifications to contacts. */
  tellRead: z.boolean(),
  tellTyping: z.boolean(),
  /** Encrypts conversations end to end automatically where both sides can. */
  autoEncrypt: z.boolean(),
  /**
   * Requires the user's approval of each new device before it receives encrypted messages; otherwise a person's devices are trusted until one of
   * them was verified.
   */
  askTrust: z.boolean(),
  /** Name of this device that others see, for all accounts (XEP-0384 0.8, 'label'). */
  deviceName: z.string().trim().min(1).max(50),
  /** Marks misspelt words. */
  spellCheck: z.boolean(),
  /** Sends pictures as photos (screen size, without metadata) or as unchanged files. */
  picturesAs: z.enum(['photo', 'file']),
  /** Fetches the metadata of linked pages and sends it with the message. */
  linkPreviews: z.boolean(),
  /** Downloads updates automatically, only reports them, or does not check. */
  updates: z.enum(['automatic', 'tell', 'off']),
  updateChannel: z.enum(['latest', 'beta']),
  /** The first steps were shown. */
  toured: z.boolean()
})
export type Settings = z.infer<typeof Settings>
