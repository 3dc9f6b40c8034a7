/** Group chats: creation, administration, leaving. */
import type { Conversation, ConversationId, GroupMembers, Jid } from '../contract/domain.ts'
import { lookAlikesIn } from './look-alikes.ts'
import { EngineError, type Scope } from './scope.ts'
import { nameOf } from './store/tables/name.ts'
import type { Groups } from './xmpp/modules/groups.ts'

export class GroupChats {
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Creates a group on the account's own server and invites people. Throws EngineError, JoinError. */
  async create({
    name,
    membersOnly,
    invite,
    account
  }: {
    name: string
    membersOnly: boolean
    invite: readonly Jid[]
    account?: Jid | undefined
  }): Promise<Conversation> {
    const session = this.#scope.connected(account)
    const jid = await session.groups.newAddress(name)
    if (jid === null) throw new EngineError('not-found', 'a service for groups')
    await session.membership.join(jid, session.membership.defaultNick, { create: { name, membersOnly } })
    await session.groups.invite(jid, invite)
    return this.#scope.entered(session, jid)
  }

  /** Runs an action in a joined group. Throws EngineError, and xmpp.js's StanzaError if the group refuses. */
  async inside<T>(id: ConversationId, run: (groups: Groups, group: Jid) => Promise<T>): Promise<T> {
    const conversation = await this.#scope.store.read.conversation(id)
    if (conversation?.kind !== 'group') throw new EngineError('not-found', 'the group')
    return run(this.#scope.connected(conversation.account ?? undefined).groups, conversation.jid)
  }

  /** Nicknames in a group that look like those of other people there. */
  async lookAlikes(id: ConversationId): Promise<Record<string, string[]>> {
    const conversation = await this.#scope.store.read.conversation(id)
    if (conversation?.kind !== 'group') return {}
    return lookAlikesIn(this.#scope.store, id, this.#scope.accounts.of(conversation.account)?.groups.nicksIn(conversation.jid) ?? [])
  }

  /** Changes the nickname in a group. Throws EngineError, JoinError. */
  async changeNick(id: ConversationId, nick: string): Promise<void> {
    const conversation = await this.#scope.store.read.conversation(id)
    if (conversation?.kind !== 'group') throw new EngineError('not-found', 'the group')
    await this.#scope.connected(conversation.account ?? undefined).membership.changeNick(conversation.jid, nick)
  }

  async rename(id: ConversationId, name: string): Promise<void> {
    await this.inside(id, async (groups, jid) => {
      await groups.rename(jid, name)
      this.#scope.changed(await this.#scope.store.write.renameConversation({ conversation: id, name }))
    })
  }

  /** Accepts or declines an invitation. Throws EngineError, JoinError. */
  async answerInvitation(group: Jid, accept: boolean, account?: Jid): Promise<void> {
    await this.#scope.connected(account).membership.answerInvitation(group, accept)
  }

  /** Leaves a group; its history stays. */
  async leave(id: ConversationId): Promise<void> {
    const conversation = await this.#scope.store.read.conversation(id)
    if (conversation?.kind !== 'group') return
    const session = this.#scope.accounts.of(conversation.account)
    // stored first, because the request may be cut off
    this.#scope.changed(await this.#scope.store.write.leave({ conversation: id, why: 'left', reason: '', tell: true }))
    await session?.membership.leave(conversation.jid)
    void session?.errands.flush()
  }

  /** Occupants of a group and its members. Throws EngineError. */
  async members(id: ConversationId): Promise<GroupMembers> {
    const { members, ...group } = await this.inside(id, (groups, jid) => groups.members(jid))
    const names = await this.#scope.store.read.contactNames(members.map(({ jid }) => jid ?? ''))
    return { ...group, members: members.map((member, at) => ({ ...member, name: names[at] ?? member.nick ?? nameOf(member.jid ?? '', null) })) }
  }
}
