/** Handlers of the contract's channels, one each. Each makes one call to the engine; no rules live here. */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { app, clipboard, shell } from 'electron'
import { chooseHistory, chooseTarget } from '../desktop/file-dialogs.ts'
import { dragFile, FileError, openFile, revealFile, saveFile } from '../desktop/files.ts'
import { isRefusal } from '../../engine/net/problem.ts'
import { FetchError } from '../../engine/media/downloads.ts'
import { TransferError } from '../../engine/history-files/transfer.ts'
import { StoreError } from '../../engine/threads/store.ts'
import { diskReason } from '../../engine/threads/thread.ts'
import { EngineError } from '../../engine/scope.ts'
import { JoinError } from '../../engine/xmpp/modules/groups.ts'
import { applySettings, languageOf, systemLanguage } from '../desktop/appearance.ts'
import { captureScreen } from '../desktop/screen-capture.ts'
import { setStartAtLogin } from '../desktop/start-at-login.ts'
import { WORDS } from '../desktop/words.ts'
import type { Profile } from '../profile.ts'
import type { Updates } from '../updates/updates.ts'
import type { Windows } from '../windows/windows.ts'
import type { EventHub } from './event-hub.ts'
import type { Handlers, RouterOptions } from './router.ts'

export interface HandlerOptions {
  profile: Profile
  hub: EventHub
  windows: Windows
  updates: Updates
  host: string
  /** Path of the app's icon, and of its log file. */
  icon: string
  log: string
  warn(message: string): void
}

/** Errors logged per window at most: a page that fails in a loop, or is no longer ours, does not fill the log. */
const MOST_ERRORS = 50

export function createHandlers({ profile, hub, windows, updates, host, icon, log, warn }: HandlerOptions): Handlers {
  const engine = () => profile.engine
  const tellAccounts = (): void => hub.broadcast({ type: 'live', changed: { accounts: profile.accounts, demo: profile.demo } })

  const dialogWords = async () => WORDS[languageOf(await engine().store.read.settings())].dialogs

  /** Paths of files that the user chose, by their token in the windows. */
  const chosen = new Map<string, string>()
  /** Path of the last export. */
  let exported: string | null = null

  const errors = new WeakMap<object, number>()

  return {
    'app.state': async () => ({
      ...engine().live.now,
      accounts: profile.accounts,
      settings: await engine().store.read.settings(),
      systemLanguage: systemLanguage(),
      demo: profile.demo,
      keyProtection: engine().keyProtection,
      update: updates.state,
      version: app.getVersion(),
      host
    }),
    'app.shown': (_, { sender }) => {
      updates.works()
      windows.shown(sender)
    },
    'updates.check': () => updates.check(),
    'updates.load': () => updates.load(),
    'updates.restart': () => updates.restart(),
    'updates.read': () => updates.read(),
    'updates.page': () => updates.openPage(),
    'app.mend': () => engine().store.mend(),
    'app.failed': ({ error }, { sender }) => {
      const count = (errors.get(sender) ?? 0) + 1
      errors.set(sender, count)
      if (count <= MOST_ERRORS) warn(`the ${/\/windows\/(\w+)\//.exec(sender.getURL())?.[1] ?? ''} window: ${error.replaceAll('\n', '\n  ')}`)
    },
    'app.restart': () => {
      app.relaunch()
      app.quit()
    },
    'account.signIn': async (settings) => {
      const state = await engine().signIn(settings)
      tellAccounts()
      return state
    },
    'register.begin': ({ server, token }, { signal }) => engine().registrations.begin(server, token, signal),
    'register.submit': ({ values }) => engine().registrations.submit(values),
    'register.end': () => engine().registrations.end(),
    'account.invite': ({ account }) => engine().registrations.invite(account),
    'account.server': ({ account }) => engine().serverReport(account),
    'account.signOut': async ({ account }) => {
      if (engine().accounts.list.length <= 1) windows.closeChats()
      if (profile.demo === 'no') await engine().signOut(account)
      else await profile.leaveDemo()
      tellAccounts()
    },
    'account.reconnect': ({ account, ...change }) => engine().reconnect(change, account),
    'demo.start': async () => {
      if (profile.demo === 'no') await profile.openDemo()
      tellAccounts()
    },
    'settings.change': async (change) => {
      const settings = await engine().store.write.changeSettings(change)
      applySettings(settings)
      if (change.zoom !== undefined) windows.zoom = settings.zoom / 100
      if (change.startAtLogin !== undefined) await setStartAtLogin(change.startAtLogin)
      if (change.deviceName !== undefined) void engine().people.announceName()
      if (change.keepDays !== undefined) engine().expire()
      if (change.keepHistory !== undefined || change.keepDays !== undefined) await engine().conversations.fillHistory()
      hub.broadcast({ type: 'live', changed: { settings } })
      return settings
    },
    'settings.expiring': ({ days }) => engine().expiring(days),
    'contacts.answer': ({ account, jid, accept }) => engine().people.answerRequest(jid, accept, account),
    'contacts.block': ({ account, jid, blocked }) => engine().people.block(jid, blocked, account),
    'contacts.rename': ({ account, jid, name }) => engine().people.rename(jid, name, account),
    'contacts.list': () => engine().store.read.contacts(),
    'contacts.setGroups': ({ account, jid, groups }) => engine().people.setGroups(jid, groups, account),
    'contacts.find': (input, { signal }) => engine().people.find(input, signal),
    'contacts.share': ({ jids, conversations }) => engine().messages.sendContacts(conversations, jids),
    'contacts.remove': ({ account, jid }) => engine().people.remove(jid, account),
    'account.setNick': ({ account, nick }) => engine().people.setNick(nick, account),
    'account.setAvatar': ({ account, picture }) =>
      engine().people.setAvatar(picture === null ? null : { data: Buffer.from(picture.base64, 'base64'), type: picture.type, side: picture.side }, account),
    'encryption.of': ({ conversation }) => engine().messages.secrecy(conversation),
    'encryption.devices': ({ account, jid }) => engine().people.devices(account, jid),
    'encryption.trust': (input) => engine().people.setTrust(input),
    'encryption.forget': ({ account, device }) => engine().people.forgetDevice(account, device),
    'conversations.list': () => engine().store.read.conversations(),
    'conversations.start': ({ account, jid, kind, nick, password, token, name }) =>
      engine().conversations.start(jid, kind, nick, password, account ?? undefined, token, name),
    'conversations.markRead': ({ conversation, upTo, seen }) => engine().messages.markRead(conversation, upTo, seen),
    'conversations.markAllRead': () => engine().conversations.markAllRead(),
    'conversations.saveDraft': ({ conversation, draft }) => engine().conversations.saveDraft(conversation, draft),
    'conversations.watch': async ({ conversation, peek }, { sender }) => {
      hub.watch(sender, conversation)
      if (conversation !== null && !peek) await engine().store.write.used({ conversation, time: Date.now() })
    },
    'messages.page': (input) => engine().store.read.page(input),
    'messages.days': (input) => engine().store.read.days(input),
    'messages.send': ({ conversation, text, reply, link }) => engine().messages.send(conversation, text, { reply, link }),
    'messages.schedule': ({ conversation, text, reply, due }) => engine().messages.schedule(conversation, text, reply, due),
    'messages.scheduled': ({ conversation }) => engine().store.read.scheduled(conversation),
    'messages.unschedule': ({ conversation, id, now }) => engine().messages.unschedule(conversation, id, now),
    'messages.remind': ({ id, due }) => engine().messages.remind(id, due),
    'messages.reminders': () => engine().agenda.reminders(),
    'messages.sendAsFile': ({ conversation, text }) => engine().messages.sendAsFile(conversation, text),
    'links.read': ({ conversation, url }, { signal }) => engine().messages.readLink(conversation, url, signal),
    'messages.change': ({ id, kind, text }) => engine().messages.change(id, kind, text),
    'messages.forward': ({ ids, to, merged }) => engine().messages.forward(ids, to, merged),
    'messages.moderate': ({ id }) => engine().messages.moderate(id),
    'conversations.unseen': ({ conversation }) => engine().store.read.unseen(conversation),
    'groups.callsAll': ({ conversation }) => engine().groups.inside(conversation, (groups, jid) => Promise.resolve(groups.callsAll(jid))),
    'groups.moderates': ({ conversation }) => engine().groups.inside(conversation, (groups, jid) => groups.moderates(jid)),
    'messages.remove': ({ ids }) => engine().messages.remove(ids),
    'conversations.set': (change) => engine().conversations.set(change),
    'conversations.join': ({ conversation, into }) => engine().conversations.joinHistories(conversation, into),
    'conversations.part': ({ conversation }) => engine().conversations.partHistory(conversation),
    'conversations.joined': ({ conversation }) => engine().store.read.joined(conversation),
    'groups.create': ({ account, ...group }) => engine().groups.create({ ...group, account: account ?? undefined }),
    'groups.lookAlikes': ({ conversation }) => engine().groups.lookAlikes(conversation),
    'groups.members': ({ conversation }) => engine().groups.members(conversation),
    'groups.readers': ({ conversation }) => engine().store.read.groupReaders(conversation),
    'groups.counts': ({ conversation }) => engine().groups.inside(conversation, (groups, jid) => groups.counts(jid)),
    'groups.setNick': ({ conversation, nick }) => engine().groups.changeNick(conversation, nick),
    'groups.setPicture': ({ conversation, picture }) =>
      engine().groups.inside(conversation, (groups, jid) =>
        groups.setPicture(jid, picture === null ? null : { type: picture.type, data: Buffer.from(picture.base64, 'base64') })
      ),
    'groups.invite': ({ conversation, jids }) => engine().groups.inside(conversation, (groups, jid) => groups.invite(jid, jids)),
    'groups.setAffiliation': ({ conversation, jid: whom, affiliation }) =>
      engine().groups.inside(conversation, (groups, jid) => groups.setAffiliation(jid, whom, affiliation)),
    'groups.setRole': ({ conversation, nick, role }) => engine().groups.inside(conversation, (groups, jid) => groups.setRole(jid, nick, role)),
    'groups.setSubject': ({ conversation, subject }) => engine().groups.inside(conversation, (groups, jid) => groups.setSubject(jid, subject)),
    'groups.rename': ({ conversation, name }) => engine().groups.rename(conversation, name),
    'groups.destroy': ({ conversation }) => engine().groups.inside(conversation, (groups, jid) => groups.destroy(jid)),
    'groups.answer': ({ account, group, accept }) => engine().groups.answerInvitation(group, accept, account),
    'conversations.leave': ({ conversation }) => engine().groups.leave(conversation),
    'conversations.typing': ({ conversation, typing }) => engine().messages.type(conversation, typing),
    'files.limit': async ({ conversation }) => engine().media.limit((await engine().store.read.conversation(conversation))?.account ?? null),
    'files.begin': (file, { sender }) => engine().media.staging.begin(file, sender),
    'files.append': ({ token, base64 }) => engine().media.staging.append(token, Buffer.from(base64, 'base64')),
    'files.send': ({ token, conversation }) => engine().messages.sendFile(conversation, token),
    'files.abort': ({ token }) => engine().media.staging.abort(token),
    'screen.capture': ({ hide }, { sender }) => captureScreen(sender, hide),
    'stickers.list': () => engine().media.stickers.list(),
    'stickers.add': async ({ token, pack }) => {
      const fate = await engine().media.stickers.add(await engine().media.staging.finish(token), pack)
      if (fate === 'added') hub.broadcast({ type: 'stickers' })
      return fate
    },
    'stickers.addZip': async ({ token }) => {
      const pack = await engine().media.stickers.addZip(await engine().media.staging.finish(token))
      if (pack.added > 0) hub.broadcast({ type: 'stickers' })
      return pack
    },
    'stickers.copy': async ({ attachment }) => {
      const file = await engine().store.read.attachment(attachment)
      const fate = file === null ? 'unfit' : await engine().media.stickers.add(file, '')
      if (fate === 'added') hub.broadcast({ type: 'stickers' })
      return fate
    },
    'stickers.send': async ({ conversation, sticker }) => {
      const message = await engine().messages.sendSticker(conversation, sticker)
      hub.broadcast({ type: 'stickers' })
      return message
    },
    'stickers.favour': async (change) => {
      await engine().store.write.favourSticker(change)
      hub.broadcast({ type: 'stickers' })
    },
    'stickers.remove': async ({ ids }) => {
      await engine().media.stickers.remove(ids)
      hub.broadcast({ type: 'stickers' })
    },
    'files.fetch': ({ id }) => engine().media.downloads.fetch(id),
    'files.cancel': ({ id }) => engine().media.cancel(id),
    'files.contacts': ({ id }) => engine().files.contactsIn(id),
    'files.open': async ({ id }) => openFile(await engine().files.attachment(id)),
    'files.reveal': async ({ id }) => revealFile(await engine().files.attachment(id)),
    'files.drag': async ({ id }, { sender }) => dragFile(sender, await engine().files.attachment(id), icon),
    'files.keepThumbnail': ({ id, base64 }) => engine().store.write.keepThumbnail({ id, image: Buffer.from(base64, 'base64') }),
    'files.save': async ({ id }, { sender }) => saveFile(sender, await dialogWords(), await engine().files.attachment(id)),
    'messages.retry': ({ id }) => engine().messages.retry(id),
    'messages.discard': ({ id }) => engine().messages.discard(id),
    'messages.star': ({ id, on }) => engine().messages.star(id, on),
    'messages.pin': ({ id, on }) => engine().messages.pin(id, on),
    'messages.pinned': (input) => engine().store.read.pinned(input),
    'messages.versions': ({ id }) => engine().store.read.versions(id),
    'conversations.delete': ({ conversation }) => engine().conversations.delete(conversation),
    'storage.usage': () => engine().store.read.usage(),
    'storage.clear': ({ conversation }) => engine().files.clear(conversation),
    'history.missing': () => engine().store.read.missingHistory(),
    'history.older': ({ conversation }) => engine().conversations.older(conversation),
    'search.messages': (query, { signal }) => engine().store.find.search(query, signal),
    'search.reindex': () => engine().reindex(),
    'search.prepare': () => engine().prepareSearch(),
    'search.mark': (input, { signal }) => engine().store.find.mark(input, signal),
    'search.names': (input, { signal }) => engine().store.find.names(input, signal),
    'search.occupants': (input, { signal }) => engine().store.find.occupants(input, signal),
    'search.complete': (input, { signal }) => engine().store.find.complete(input, signal),
    'search.history': () => engine().store.read.searchHistory(),
    'search.remember': (history) => engine().store.write.saveSearchHistory(history),
    'transfer.choose': async (_, { sender }) => {
      const path = await chooseHistory(sender, await dialogWords())
      if (path === null) return null
      const preview = await engine()
        .transfer.preview(path, null)
        .catch((error: unknown) => {
          if (error instanceof TransferError && error.reason === 'password') return null
          throw error
        })
      const token = randomUUID()
      chosen.set(token, path)
      return { token, file: basename(path), preview }
    },
    'transfer.preview': ({ token, options }, { signal }) => {
      const path = chosen.get(token)
      if (path === undefined) throw new EngineError('not-found', 'the file')
      return engine().transfer.preview(path, null, options, { signal })
    },
    'transfer.import': ({ token, options, self, names, conversation }, { sender, signal }) => {
      const path = chosen.get(token)
      if (path === undefined) throw new EngineError('not-found', 'the file')
      return engine().transfer.import(
        { path, format: null, options, self, names: Object.fromEntries(names), conversation },
        { signal, onProgress: (done, total) => hub.tell(sender, { type: 'transfer', done, total }) }
      )
    },
    'transfer.export': async ({ query, conversation, format, language, password }, { sender, signal }) => {
      const path = await chooseTarget(sender, await dialogWords(), format)
      if (path === null) return null
      exported = path
      return engine().transfer.export(
        { path, format, query, conversation, language, password },
        { signal, onProgress: (done, total) => hub.tell(sender, { type: 'transfer', done, total }) }
      )
    },
    'transfer.reveal': () => {
      if (exported !== null) shell.showItemInFolder(exported)
    },
    'windows.showConversation': ({ conversation }) => windows.showInMain({ type: 'show', conversation, message: null }),
    'windows.openSearch': ({ query }) => windows.openSearch(query),
    'windows.openChat': async ({ conversation, message }) => {
      if ((await engine().store.read.conversation(conversation)) === null) throw new EngineError('not-found', 'the conversation')
      await windows.openChat(conversation, message)
    },
    'windows.openViewer': ({ conversation, id }) => windows.openViewer(conversation, id),
    'windows.ready': (_, { sender }) => windows.ready(sender),
    'windows.close': (_, { sender }) => windows.close(sender),
    'windows.openSettings': () => windows.openSettings(),
    'log.reveal': () => shell.showItemInFolder(log),
    'clipboard.write': ({ text }) => clipboard.writeText(text)
  }
}

export const explain: RouterOptions['explain'] = (error) => {
  if (error instanceof EngineError) return { code: error.code, message: error.message }
  if (isRefusal(error)) return { code: 'refused', message: error.condition, said: error.text ?? '' }
  if (error instanceof JoinError) return { code: 'refused', message: error.condition }
  if (error instanceof FetchError || error instanceof FileError) return { code: 'file', message: error.reason }
  if (error instanceof TransferError)
    return error.code === 'cancelled'
      ? { code: 'cancelled', message: 'cancelled' }
      : {
          code: 'transfer',
          message: error.message,
          reason: error.reason,
          ...(error.file === null ? {} : { file: basename(error.file) }),
          line: error.line,
          ...(error.stopped === null ? {} : { stopped: error.stopped })
        }
  if (error instanceof StoreError)
    return error.code === 'CANCELLED' ? { code: 'cancelled', message: 'cancelled' } : { code: 'store', message: error.message, reason: diskReason(error) }
  if (error instanceof Error && error.name === 'AbortError') return { code: 'cancelled', message: 'cancelled' }
  return null
}
