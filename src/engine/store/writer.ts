/** Write operations of the store. Each function is one transaction and returns the changes for windows. */
import type {
  AccountSettings,
  Conversation,
  ConversationId,
  ConversationKind,
  Jid,
  Message,
  MessageId,
  Notice,
  OutReason,
  SeenRange
} from '../../contract/domain.ts'
import type { SearchHistory } from '../../contract/search.ts'
import type { Settings } from '../../contract/settings.ts'
import type { WritableDB } from './database.ts'
import { accountWrites, type Contact } from './tables/account.ts'
import { agendaWrites, type NewScheduled } from './tables/agenda.ts'
import { stickerWrites } from './tables/sticker.ts'
import { archiveWrites } from './tables/archive.ts'
import type { NewAttachment } from './tables/attachment.ts'
import { changeWrites } from './tables/change.ts'
import { conversationWrites, type ConversationChange } from './tables/conversation.ts'
import { errandWrites, type Errand } from './tables/errand.ts'
import { createEncrypting } from './encrypting.ts'
import { createJoining } from './joining.ts'
import { createMaintenance } from './maintenance.ts'
import { createRecording } from './recording.ts'
import { createRemoval } from './removal.ts'
import { createSending } from './sending.ts'
import { createAcknowledgements } from './acknowledgements.ts'
import { type ContentReader, type DecodedAgain, type ImportBatch, type ImportChanges, type KeptFile, type StoreChanges } from './types.ts'
import { messageWrites } from './tables/message.ts'
import { omemoWrites } from './tables/omemo.ts'
import { noticeWrites } from './tables/notice.ts'
import { occupantWrites, type Occupant } from './tables/occupant.ts'
import { FLAG, toMessage, type MessageRow } from './tables/message-row.ts'

/** `readContent`: parses the envelope of messages encrypted as a whole. */
export function createWrites(db: WritableDB, readContent: ContentReader) {
  const accounts = accountWrites(db)
  const agenda = agendaWrites(db)
  const archives = archiveWrites(db)
  const alterations = changeWrites(db)
  const conversations = conversationWrites(db)
  const errands = errandWrites(db)
  const messages = messageWrites(db)
  const notices = noticeWrites(db)
  const occupants = occupantWrites(db)
  const stickers = stickerWrites(db)

  /** Wraps a function in a transaction. */
  function transaction<A extends unknown[], R>(run: (...args: A) => R): (...args: A) => R {
    const wrapped = db.transaction((...args: A): R => {
      const result = run(...args)
      messages.docs.flush()
      return result
    })
    return (...args) => {
      try {
        return wrapped.immediate(...args)
      } catch (error) {
        messages.forget()
        alterations.forget()
        throw error
      }
    }
  }

  function changes(touched: Iterable<number>, changed: Message[] = [], removed: StoreChanges['removed'] = [], added = 0): StoreChanges {
    const list = [...new Set(touched)].map((id) => conversations.byId(id)).filter((c) => c !== null)
    return { conversations: list, removedConversations: [], messages: changed, removed, added }
  }

  function read(id: number): MessageRow {
    const row = messages.byId(id)
    if (row === undefined) throw new Error(`message ${id} is missing right after it was written`)
    return row
  }

  const encrypting = createEncrypting(omemoWrites(db), () => accounts.settings().askTrust, readContent)
  const tables = { accounts, archives, alterations, conversations, encrypting, messages, notices, changes, read }
  const acknowledgements = createAcknowledgements(tables)
  const { record: recordBatch, alter } = createRecording(tables, acknowledgements.acknowledge)
  const record = transaction(recordBatch)
  const joining = createJoining(db, tables)
  const removal = createRemoval(tables, joining.forget)
  const sending = createSending(tables, agenda, alter)

  /** Updates messages of which more is understood now. */
  const decodeAgain = transaction((list: readonly DecodedAgain[]): StoreChanges => {
    const changed: Message[] = []
    for (const { id, decoder, unknown, text, replyTo, files, link, mentioned, unstyled, encrypted, unreadable } of list) {
      const row = messages.byId(id)
      if (row === undefined) continue
      const flags =
        (mentioned && row.outgoing === 0 ? FLAG.mention : 0) |
        (unstyled ? FLAG.unstyled : 0) |
        (encrypted ? FLAG.encrypted : 0) |
        (unreadable === null ? 0 : FLAG.unreadable)
      messages.complete(row, { text, replyTo, attachments: files.map((file) => ({ ...file, stored: null })), link, flags })
      if (unknown) messages.raw.seen(id, decoder)
      else messages.raw.remove(id)
      changed.push(toMessage(read(id)))
    }
    return changes(
      changed.map((message) => message.conversation),
      changed
    )
  })

  /** Completes an imported message that had a placeholder text in place of its files. */
  const completeImported = transaction(({ id, text, attachments }: { id: MessageId; text: string; attachments: readonly NewAttachment[] }): StoreChanges => {
    const row = messages.byId(id)
    if (row === undefined) return changes([])
    messages.complete(row, { text, replyTo: row.reply_to, attachments, link: null, flags: 0 })
    return changes([row.conversation], [toMessage(read(id))])
  })

  const star = transaction((input: { id: MessageId; on: boolean }): StoreChanges => {
    const row = messages.byId(input.id)
    if (row === undefined) return changes([])
    messages.setFlag(row, FLAG.starred, input.on)
    return changes([], [toMessage(read(row.id))])
  })

  const pin = transaction((input: { id: MessageId; on: boolean }): StoreChanges => {
    const row = messages.byId(input.id)
    if (row === undefined || (row.flags & FLAG.retracted) !== 0) return changes([])
    messages.setFlag(row, FLAG.pinned, input.on)
    return changes([], [toMessage(read(row.id))])
  })

  /** Stores a group event and reports it. */
  const noticed = (conversation: ConversationId, what: Omit<Notice, 'id'>): Pick<StoreChanges, 'notices'> => ({
    notices: [{ ...notices.add(conversation, what), conversation }]
  })

  const notice = transaction((input: { account?: Jid; jid: Jid } & Omit<Notice, 'id'>): StoreChanges => {
    const conversation = conversations.idOf(input.jid, input.account)
    return { ...changes([]), ...(conversation === null ? {} : noticed(conversation, input)) }
  })

  /** Sets a group's subject; `by`: occupant who has just changed it, null if it is sent on joining. */
  const describe = transaction((input: { account?: Jid; jid: Jid; subject: string; by: string | null; time: number }): StoreChanges => {
    const { account, jid, subject, by, time } = input
    const conversation = conversations.idOf(jid, account)
    if (conversation === null || !conversations.describe(conversation, subject)) return changes([])
    return { ...changes([conversation]), ...(by === null ? {} : noticed(conversation, { kind: 'subject', name: by, text: subject, time })) }
  })

  const ensureConversation = transaction((input: { account?: Jid; jid: Jid; kind: ConversationKind; name: string; nick: string | null }): Conversation => {
    const conversation = conversations.byId(conversations.ensure(input.jid, input.kind, input.name, input.nick, input.account))
    if (conversation === null) throw new Error('the conversation is missing right after it was written')
    return conversation
  })

  const enterGroup = transaction((input: { account?: Jid; jid: Jid; name: string; nick: string; password: string | null }): StoreChanges => {
    const id = conversations.ensure(input.jid, 'group', input.name, input.nick, input.account)
    conversations.enter(id, input.nick, input.password)
    if (input.account !== undefined) errands.withdraw({ account: input.account, jid: input.jid, kind: 'leave' })
    conversations.rename(id, input.name)
    return changes([id])
  })

  /**
   * `seen`: messages on screen, whose new reactions become seen; absent: all of them. `tell`: whether authors get a marker; absent: nobody is told, not even
   * our other devices. `told`: archive id of the read position that our devices know, null: none; absent: unknown.
   */
  const markRead = transaction(
    (input: { conversation: ConversationId; upTo: MessageId; seen?: SeenRange; tell?: boolean; told?: string | null }): StoreChanges => {
      const current = conversations.byId(input.conversation)
      if (current === null) return changes([])
      const reactions = current.reactions === 0 ? 0 : conversations.seeReactions(input.conversation, input.seen)
      const { account, jid, readUpTo } = current
      const request: Errand | null = input.tell === undefined || account === null ? null : { account, jid, kind: 'read', value: { tell: input.tell } }
      if (current.unread === 0 && readUpTo >= input.upTo && !current.markedUnread && !current.readByAnswer) {
        if (request !== null && input.told !== undefined && isUntold(input.conversation, readUpTo, input.told)) errands.ensure(request)
        return changes(reactions === 0 ? [] : [input.conversation])
      }
      const upTo = Math.max(readUpTo, input.upTo)
      conversations.read(input.conversation, upTo, messages.unreadCount(input.conversation, upTo))
      if (request !== null) errands.put(request)
      return changes([input.conversation])
    }
  )

  /** True if our devices know an earlier read position only: an own message of another device moves it here alone. */
  function isUntold(id: ConversationId, readUpTo: number, told: string | null): boolean {
    const newest = messages.newestReceived(id, readUpTo)
    if (newest === null || newest.stanzaId === null || newest.stanzaId === told) return false
    // a message that is not stored here may be later
    const known = told === null ? undefined : messages.byStanzaId(id, told)[0]
    return told === null || (known !== undefined && known.id < newest.key)
  }

  /** Marks a group as left; its history stays. `tell`: the user left, so our other devices and the group are to be told. */
  const leave = transaction((input: { conversation: ConversationId; why: OutReason; reason: string; tell?: boolean }): StoreChanges => {
    const before = conversations.byId(input.conversation)
    conversations.leave(input.conversation, input.why, input.reason)
    if (input.tell === true && before !== null && before.account !== null)
      errands.put({ account: before.account, jid: before.jid, kind: 'leave', value: { nick: before.nick } })
    return changes([input.conversation])
  })

  const importRows = transaction((input: ImportBatch): ImportChanges => {
    const { jid, name, rows, self, format } = input
    const home = conversations.ensure(jid, 'group', name, null, '')
    if (format !== undefined) conversations.imported(home, format)
    const conversation = joining.shownIn(home)
    const free = messages.freeKeys(rows.places[0] ?? 0, rows.places.at(-1) ?? 0)
    const keys = rows.places.map((place) => free(place))
    messages.insertMany(
      conversation,
      rows.senders.map((sender) => `${jid}/${sender}` as Jid),
      self === null ? -1 : rows.senders.indexOf(self),
      rows,
      keys
    )
    for (const [row, target, list] of rows.reactions) {
      for (const { sender, outgoing, emoji } of list) {
        alterations.add({
          conversation,
          sender: `${jid}/${sender}` as Jid,
          outgoing,
          kind: 'reactions',
          target,
          text: emoji,
          time: rows.times[row] ?? 0,
          state: 'received',
          stanzaId: null,
          originId: `${target}/${sender}`
        })
      }
    }
    const newest = keys.at(-1) ?? 0
    conversations.advance(conversation, newest, 0)
    if (home === conversation) conversations.read(conversation, newest, messages.unreadCount(conversation, newest))
    else joining.setHome(home, [...keys])
    return { ...changes([conversation]), added: keys.length, ids: keys }
  })

  /** Changes an attachment and reports its message. */
  function touchFile(id: number, change: () => void): StoreChanges {
    const file = messages.files.byId(id)
    if (file === null) return changes([])
    change()
    return changes([], [toMessage(read(file.message))])
  }
  const keepFile = transaction((input: { id: number } & KeptFile) => touchFile(input.id, () => messages.files.keep(input.id, input)))
  const putFile = transaction((input: { id: number; url: string }) => touchFile(input.id, () => messages.files.put(input.id, input.url)))
  const failFile = transaction((input: { id: number; gone: boolean }) => touchFile(input.id, () => messages.files.fail(input.id, input.gone)))

  const saveContacts = transaction(({ account, contacts, complete }: { account?: Jid; contacts: Contact[]; complete: boolean }): StoreChanges => {
    const kept = new Set(contacts.map((c) => c.jid))
    if (complete) for (const known of accounts.contacts(account)) if (!kept.has(known.jid)) accounts.removeContact(known.jid, account)
    const touched: number[] = []
    for (const contact of contacts) {
      accounts.saveContact(contact, account)
      touched.push(conversations.ensure(contact.jid as Jid, 'direct', contact.name, null, account))
    }
    return changes(touched)
  })

  /** Stores the real addresses of a group's occupants. */
  const meetOccupants = transaction(({ account, group, people }: { account?: Jid; group: Jid; people: readonly Occupant[] }): StoreChanges => {
    const isNew = people.map((one) => occupants.meet(group, one)).includes(true)
    const conversation = isNew ? conversations.idOf(group, account) : null
    return conversation === null ? changes([]) : { ...changes([conversation]), reread: [conversation] }
  })

  /** Durable before it returns, also against power loss. */
  function durably<A extends unknown[], R>(run: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      db.pragma('synchronous = FULL')
      try {
        return run(...args)
      } finally {
        db.pragma('synchronous = NORMAL')
      }
    }
  }

  return {
    record,
    sendScheduled: transaction(sending.sendScheduled),
    remind: transaction(sending.remind),
    schedule: (input: NewScheduled): void => void agenda.schedule(input),
    unschedule: (id: number): boolean => agenda.unschedule(id),
    ...stickers,
    addStickers: transaction(stickers.addStickers),
    removeStickers: transaction(stickers.removeStickers),
    meetOccupants,
    /** The message is shown as queued after this. */
    queueMessage: durably(transaction(sending.queueMessage)),
    /** Own device with the bundles to publish. */
    ownDevice: transaction(encrypting.ownDevice),
    bundlesPublished: transaction(encrypting.published),
    setDevices: transaction(encrypting.setDevices),
    setTrust: transaction(encrypting.setTrust),
    dismissDevice: transaction(encrypting.dismiss),
    beginSession: transaction(encrypting.beginSession),
    encryptionTargets: transaction(encrypting.targets),
    /** The ciphertext is sent after this: no key is used twice, even after a crash. */
    seal: durably(transaction(encrypting.seal)),
    /** Sets the state of an own message, or of an own change. */
    transition: transaction(acknowledgements.transition),
    decodeAgain,
    completeImported,
    retry: transaction(sending.retry),
    discard: transaction(sending.discard),
    change: transaction(sending.change),
    remove: transaction(removal.remove),
    /** Deletes the oldest `limit` messages from before a time (ms). */
    expire: transaction(removal.expire),
    leave,
    addErrand: (errand: Errand) => void errands.put(errand),
    errandDone: (id: number) => void errands.done(id),
    /** Marks a group as joined under a nickname; creates its conversation if needed. */
    enterGroup,
    describe,
    notice,
    pin,
    clearConversation: transaction(removal.clearConversation),
    removeCleared: transaction(removal.removeCleared),
    setConversation(input: { conversation: ConversationId } & ConversationChange): StoreChanges {
      conversations.set(input, input.conversation)
      return changes([input.conversation])
    },
    /** Unmutes conversations whose mute time ended by `now`. `next`: next end of a mute time, ms; null: none. */
    unmute: transaction((now: number): { changes: StoreChanges; next: number | null } => {
      const due = conversations.muted().filter(({ until }) => until <= now)
      for (const { id } of due) conversations.set({ mutedUntil: null }, id)
      return { changes: changes(due.map(({ id }) => id)), next: conversations.muted()[0]?.until ?? null }
    }),
    /** Counts an opening of a conversation. */
    used: (input: { conversation: ConversationId; time: number }) => void conversations.use(input.conversation, input.time),
    /** Undoes importRows for these ids, and removes the conversation if nothing is left in it. */
    undoImport: transaction(removal.undoImport),
    star,
    setEncrypted: transaction(sending.setEncrypted),
    ...createMaintenance(db, transaction, messages.index, accounts),
    ensureConversation,
    joinHistories: transaction(joining.join),
    partHistory: transaction(joining.part),
    renameConversation(input: { conversation: ConversationId; name: string }): StoreChanges {
      return changes(conversations.rename(input.conversation, input.name) ? [input.conversation] : [])
    },
    /** Sets the name that a group gives itself; an empty one changes nothing. */
    nameGroup(input: { account: Jid; jid: Jid; name: string }): StoreChanges {
      const conversation = conversations.idOf(input.jid, input.account)
      return changes(conversation !== null && conversations.rename(conversation, input.name) ? [conversation] : [])
    },
    markRead,
    /** Marks an attachment as stored in the media folder. */
    keepFile,
    /** Stores a thumbnail of a picture or video, made by a window that shows it. */
    keepThumbnail: (input: { id: number; image: Uint8Array }) => void messages.files.keepThumbnail(input.id, input.image),
    clearFiles: transaction(removal.clearFiles),
    /** Stores the URL of an uploaded attachment. */
    putFile,
    /** Counts a failed fetch of an attachment; `gone`: it will never be available. */
    failFile,
    saveDraft(input: { conversation: ConversationId; draft: string }): StoreChanges {
      conversations.saveDraft(input.conversation, input.draft)
      return changes([input.conversation])
    },
    /** Imports many messages at once. */
    importRows(input: ImportBatch): ImportChanges {
      db.pragma('foreign_keys = OFF')
      try {
        return importRows(input)
      } finally {
        db.pragma('foreign_keys = ON')
      }
    },
    saveAccount: (settings: AccountSettings) => accounts.saveAccount(settings),
    removeAccount: transaction((jid: Jid): void => {
      accounts.removeAccount(jid)
      encrypting.forget(jid)
      errands.forget(jid)
    }),
    /** Assigns conversations started before there was an account to this one; returns their ids. */
    adopt: (account: Jid): number[] => conversations.adopt(account),
    disown: (ids: number[]) => ids.forEach((id) => conversations.disown(id)),
    saveContacts,
    removeContact: (input: { account?: Jid; jid: Jid }) => void accounts.removeContact(input.jid, input.account),
    /** Sets the name that a contact gives itself, shown if the user gave it none. */
    callContact(input: { account?: Jid; jid: Jid; name: string }): StoreChanges {
      const conversation = accounts.callContact(input.jid, input.name, input.account) ? conversations.idOf(input.jid, input.account) : null
      return changes(conversation === null ? [] : [conversation])
    },
    setAvatar: (input: { jid: Jid; avatar: { hash: string; stored: string } | null }) => void accounts.setAvatar(input.jid, input.avatar),
    /** Merges settings here, one change after the other, so that simultaneous changes of two windows are both kept. */
    changeSettings(change: Partial<Settings>): Settings {
      const settings = { ...accounts.settings(), ...change }
      accounts.saveSettings(settings)
      return settings
    },
    saveSearchHistory: (history: SearchHistory) => void accounts.saveSearchHistory(history),
    remember: (input: { name: string; json: string }) => void accounts.remember(input.name, input.json),
    /** Resets an archive, for example if the server no longer knows the id where we stopped. */
    forgetArchive: (input: { account?: Jid; jid: Jid }) => archives.forget(input.jid, input.account ?? '')
  }
}

export type Writes = ReturnType<typeof createWrites>
