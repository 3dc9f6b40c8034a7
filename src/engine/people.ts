/** People: contacts, profiles, and OMEMO devices. */
import { join } from 'node:path'
import type { Device, DeviceTrust, Jid } from '../contract/domain.ts'
import type { PersonMatch } from '../contract/search.ts'
import { EngineError, type Scope } from './scope.ts'
import type { Errand } from './store/tables/errand.ts'
import { buffers } from './xmpp/omemo/sealed.ts'

/** Contact request that can wait for a connection, without its account. */
type Wish = Errand extends infer E ? (E extends { kind: 'block' | 'contact' } ? Omit<E, 'account'> : never) : never

export class People {
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Accepts or declines a contact request. Throws EngineError. */
  async answerRequest(jid: Jid, accept: boolean, account?: Jid): Promise<void> {
    const session = this.#scope.connected(account)
    await session.contacts.answer(jid, accept)
    if (accept) this.#scope.touched(await this.#scope.store.write.ensureConversation({ account: session.own, jid, kind: 'direct', name: '', nick: null }))
  }

  /** People whose names match what is typed: contacts and people with a conversation first, then other occupants of joined groups. */
  async find(input: { text: string; limit: number }, signal?: AbortSignal): Promise<PersonMatch[]> {
    const known = this.#scope.accounts.sessions.flatMap(({ own, groups }) => groups.people.map((person) => ({ ...person, account: own })))
    return this.#scope.store.find.findPeople({ ...input, known, without: this.#scope.accounts.settings.map(({ jid }) => jid) }, signal)
  }

  /** Requests to an account's server. They throw EngineError, and xmpp.js's StanzaError if it refuses. */
  block = (jid: Jid, blocked: boolean, account?: Jid): Promise<void> => this.#wish({ kind: 'block', jid, value: { blocked } }, account)

  rename = (jid: Jid, name: string, account?: Jid): Promise<void> => this.#wish({ kind: 'contact', jid, value: { wish: 'rename', name } }, account)

  setGroups = (jid: Jid, groups: string[], account?: Jid): Promise<void> => this.#wish({ kind: 'contact', jid, value: { wish: 'group', groups } }, account)

  remove = (jid: Jid, account?: Jid): Promise<void> => this.#wish({ kind: 'contact', jid, value: { wish: 'remove' } }, account)

  setNick = async (nick: string, account?: Jid): Promise<void> => this.#scope.connected(account).personal.setNick(nick)

  setAvatar = async (picture: { data: Buffer; type: string; side: number } | null, account?: Jid): Promise<void> =>
    this.#scope.connected(account).pictures.set(picture)

  /** Sends a contact request at once, or stores it for the next connection. Throws EngineError, and xmpp.js's StanzaError if the server refuses. */
  async #wish(wish: Wish, account: Jid | undefined = this.#scope.first): Promise<void> {
    if (account === undefined) throw new EngineError('not-connected', 'That needs an account.')
    const session = this.#scope.accounts.of(account)
    const errand: Errand = { account, ...wish }
    if (session?.connection.isReady === true) return session.contacts.fulfil(errand)
    await this.#scope.store.write.addErrand(errand)
    await session?.contacts.foresee(errand)
  }

  /** Devices of a person, or our own other devices; `own`: this device, if they are our own. */
  async devices(account: Jid, jid: Jid): Promise<{ own: Device | null; devices: Device[] }> {
    await this.#scope.accounts.of(account)?.encryption.learn(jid)
    const own = jid === account ? buffers(await this.#scope.store.write.ownDevice({ account, time: Date.now() })) : null
    const rows = buffers(await this.#scope.store.read.devices({ account, jid })).filter(({ device }) => device !== own?.device)
    const devices = rows.map(({ device, identity, label, trust, doubt, active, active_2, first_at: firstAt, last_at: lastAt }): Device => ({
      device,
      label,
      fingerprint: identity?.toString('hex') ?? null,
      trust,
      doubt,
      active: active === 1 || active_2 === 1,
      firstAt,
      lastAt
    }))
    return {
      own:
        own === null
          ? null
          : {
              device: own.device,
              fingerprint: own.identity.toString('hex'),
              label: (await this.#scope.store.read.settings()).deviceName,
              trust: 'verified',
              doubt: null,
              active: true,
              firstAt: 0,
              lastAt: 0
            },
      devices
    }
  }

  /** Stores the user's trust in a device; every window follows. */
  async setTrust(input: { account: Jid; jid: Jid; device: number; trust: DeviceTrust }): Promise<void> {
    await this.#scope.store.write.setTrust(input)
    this.#scope.accounts.of(input.account)?.emit('devices')
  }

  /** Announces this device's new name: now if connected, otherwise on the next connection. Never rejects. */
  async announceName(): Promise<void> {
    await Promise.allSettled(this.#scope.accounts.sessions.map(({ encryption }) => encryption.rename()))
  }

  /** Removes another own device from our device list; nothing is encrypted for it any more. Throws EngineError. */
  forgetDevice = (account: Jid, device: number): Promise<void> => this.#scope.connected(account).encryption.forget(device)

  /** Path of a person's avatar file, or null. */
  async avatarFile(jid: string): Promise<string | null> {
    const avatar = await this.#scope.store.read.avatar(jid)
    return avatar === null ? null : join(this.#scope.media.folder, avatar.stored)
  }
}
