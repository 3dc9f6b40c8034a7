/** Statements of the tables `account`, `contact`, `avatar` and `setting`. */
import { z } from 'zod'
import { AccountSettings, type Jid, type RosterContact } from '../../../contract/domain.ts'
import { SearchHistory } from '../../../contract/search.ts'
import { LIST_WIDTH, Settings } from '../../../contract/settings.ts'
import type { ReadableDB, WritableDB } from '../database.ts'

export interface Contact {
  jid: string
  name: string
  subscription: 'none' | 'to' | 'from' | 'both'
  /** Request sent and not answered yet. */
  asked?: boolean
  /** Roster groups. */
  groups?: readonly string[]
}

interface ContactRow {
  jid: Jid
  account: Jid
  name: string
  subscription: Contact['subscription']
  asked: 0 | 1
  roster_groups: string
}
const toContact = ({ asked, roster_groups, ...row }: ContactRow): RosterContact => ({
  ...row,
  asked: asked === 1,
  groups: z.array(z.string()).parse(JSON.parse(roster_groups))
})

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  language: 'system',
  density: 'comfortable',
  zoom: 100,
  accent: 'teal',
  wallpaper: 'none',
  listWidth: LIST_WIDTH.usual,
  folders: [],
  keepHistory: true,
  keepDays: null,
  fetchUpTo: 20 * 1024 ** 2,
  notify: true,
  notifyText: true,
  notifySound: true,
  quiet: null,
  stayInTray: true,
  startAtLogin: false,
  tellRead: true,
  tellTyping: true,
  autoEncrypt: true,
  askTrust: false,
  deviceName: 'Mnemo',
  toured: false,
  updates: 'automatic',
  updateChannel: 'latest',
  linkPreviews: false,
  picturesAs: 'photo',
  spellCheck: process.platform === 'darwin'
}

/** Avatar of a person. */
export interface Avatar {
  jid: string
  /** SHA-1, hex */
  hash: string
  /** Name in the media folder. */
  stored: string
}

export function accountReads(db: ReadableDB) {
  const account = db.prepare<[], string>('SELECT settings FROM account ORDER BY id').pluck()
  const contacts = db.prepare<[string | null], ContactRow>(
    'SELECT jid, account, name, subscription, asked, roster_groups FROM contact WHERE account = coalesce(?, account) ORDER BY jid'
  )
  const avatars = db.prepare<[], Avatar>('SELECT jid, hash, stored FROM avatar')
  const avatar = db.prepare<[string], Avatar>('SELECT jid, hash, stored FROM avatar WHERE jid = ?')
  const avatarByHash = db.prepare<[string], Avatar>('SELECT jid, hash, stored FROM avatar WHERE hash = ? LIMIT 1')
  const setting = db.prepare<[string], string>('SELECT value FROM setting WHERE name = ?').pluck()
  return {
    /** Accounts in the order in which they were added. */
    accounts: (): AccountSettings[] => account.all().map((json) => AccountSettings.parse(JSON.parse(json))),
    /** `account`: owner; undefined: all accounts. */
    contacts: (account?: string) => contacts.all(account ?? null).map(toContact),
    avatars: () => avatars.all(),
    avatar: (jid: string): Avatar | null => avatar.get(jid) ?? null,
    /** Any avatar with the same picture. */
    avatarByHash: (hash: string): Avatar | null => avatarByHash.get(hash) ?? null,
    settings(): Settings {
      const json = setting.get('settings')
      return json === undefined ? DEFAULT_SETTINGS : Settings.parse({ ...DEFAULT_SETTINGS, ...(JSON.parse(json) as object) })
    },
    searchHistory(): SearchHistory {
      const json = setting.get('search-history')
      return json === undefined ? { recent: [], saved: [] } : SearchHistory.parse(JSON.parse(json))
    },
    /** Version of the tokenizer rules that the index was built by; 0: none. */
    indexVersion: (): number => Number(setting.get('index-version') ?? 0),
    /** JSON stored under a name, such as a window's state. */
    remembered: (name: string): string | null => setting.get(`remembered:${name}`) ?? null
  }
}

export function accountWrites(db: WritableDB) {
  const save = db.prepare('INSERT INTO account (jid, settings) VALUES (?, ?) ON CONFLICT (jid) DO UPDATE SET settings = excluded.settings')
  const remove = db.prepare('DELETE FROM account WHERE jid = ?')
  const saveContact = db.prepare(
    `INSERT INTO contact (jid, account, name, given, subscription, asked, roster_groups) VALUES (:jid, coalesce(:account, (SELECT jid FROM account ORDER BY id LIMIT 1), ''), :name, :name, :subscription, :asked, :groups)
     ON CONFLICT (jid, account) DO UPDATE SET name = coalesce(nullif(excluded.given, ''), nick), given = excluded.given, subscription = excluded.subscription,
       asked = excluded.asked, roster_groups = excluded.roster_groups`
  )
  const call = db.prepare(
    "UPDATE contact SET nick = :nick, name = coalesce(nullif(given, ''), :nick) WHERE jid = :jid AND account = coalesce(:account, account) AND nick <> :nick"
  )
  const setAvatar = db.prepare(
    'INSERT INTO avatar (jid, hash, stored) VALUES (?, ?, ?) ON CONFLICT (jid) DO UPDATE SET hash = excluded.hash, stored = excluded.stored'
  )
  const removeAvatar = db.prepare('DELETE FROM avatar WHERE jid = ?')
  // '0' follows '/'
  const removeAvatarsIn = db.prepare("DELETE FROM avatar WHERE jid > ? || '/' AND jid < ? || '0'")
  const removeContact = db.prepare('DELETE FROM contact WHERE jid = ? AND account = coalesce(?, account)')
  const set = db.prepare('INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
  return {
    ...accountReads(db),
    saveAccount(settings: AccountSettings): void {
      save.run(settings.jid, JSON.stringify(settings))
    },
    removeAccount: (jid: string) => remove.run(jid),
    saveContact: ({ jid, name, subscription, asked = false, groups = [] }: Contact, account?: string) =>
      saveContact.run({ jid, name, subscription, asked: asked ? 1 : 0, groups: JSON.stringify(groups), account: account ?? null }),
    /** Sets the name that a contact gives itself; false: unchanged. */
    callContact: (jid: string, nick: string, account?: string): boolean => call.run({ jid, nick, account: account ?? null }).changes > 0,
    /** Removes the avatars of a group's occupants. */
    removeAvatarsIn: (group: string) => removeAvatarsIn.run(group, group),
    setAvatar: (jid: string, avatar: Omit<Avatar, 'jid'> | null) => (avatar === null ? removeAvatar.run(jid) : setAvatar.run(jid, avatar.hash, avatar.stored)),
    removeContact: (jid: string, account?: string) => removeContact.run(jid, account ?? null),
    saveSettings: (settings: Settings) => set.run('settings', JSON.stringify(settings)),
    saveSearchHistory: (history: SearchHistory) => set.run('search-history', JSON.stringify(history)),
    setIndexVersion: (version: number) => set.run('index-version', String(version)),
    remember: (name: string, json: string) => set.run(`remembered:${name}`, json)
  }
}
