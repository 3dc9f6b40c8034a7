/** XEP-0045: being in the groups we have conversations of. */
import type { Element } from '@xmpp/client'
import type { Jid } from '../../contract/domain.ts'
import type { Connection } from '../connection/connection.ts'
import { acceptDefaults, groupInfo, groupName, isNewRoom, joinAnswer, joinGroup, leaveGroup } from '../protocol/group.ts'

const JOIN_MS = 30_000
const MOST_NICK_TRIES = 5

/** A group that did not let us in; `condition` is XEP-0045's: conflict, registration-required, not-authorized, forbidden ... */
export class JoinError extends Error {
  readonly condition: string
  constructor(group: string, condition: string) {
    super(`${group} refused to let us in: ${condition}`)
    this.name = 'JoinError'
    this.condition = condition
  }
}

export class Groups {
  readonly #connection: Connection
  readonly #nicks = new Map<string, string>()
  readonly #joined = new Set<string>()

  constructor(connection: Connection) {
    this.#connection = connection
    // a resumed stream is still where it was
    connection.on('ready', (resumed) => {
      if (!resumed) this.#joined.clear()
    })
  }

  /** Makes a group known before its messages can be decoded. */
  know(group: string, nick: string): void {
    this.#nicks.set(group, nick)
  }
  nickIn(group: string): string | null {
    return this.#nicks.get(group) ?? null
  }
  isJoined = (group: string): boolean => this.#joined.has(group)

  /** Enters the group; a nickname that is taken gets an underscore. Returns the group's name and the nickname. Throws JoinError. */
  async join(group: Jid, wantedNick: string): Promise<{ name: string; nick: string }> {
    let nick = wantedNick
    for (let tries = 1; ; tries++) {
      this.know(group, nick)
      const answer = await this.#enter(group, nick)
      if (answer.condition === null) {
        nick = answer.nick
        break
      }
      if (answer.condition !== 'conflict' || tries === MOST_NICK_TRIES) throw new JoinError(group, answer.condition)
      nick = `${nick}_`
    }
    this.know(group, nick)
    this.#joined.add(group)
    const name = await this.#connection.request(groupInfo(group)).then(groupName, () => '')
    return { name, nick }
  }

  /** Goes out; nothing of the group is decoded any more. */
  async leave(group: Jid): Promise<void> {
    const nick = this.#nicks.get(group)
    this.#nicks.delete(group)
    if (nick !== undefined && this.#joined.delete(group) && this.#connection.isReady) await this.#connection.send(leaveGroup(group, nick))
  }

  async #enter(group: Jid, nick: string): Promise<{ condition: string | null; nick: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ condition: string | null; nick: string }>()
    const onStanza = (stanza: Element): void => {
      if (stanza.name !== 'presence') return
      const answer = joinAnswer(stanza, group)
      if (answer === null) return
      if (answer.kind === 'joined' && isNewRoom(stanza)) this.#connection.request(acceptDefaults(group)).catch(() => undefined)
      resolve(answer.kind === 'joined' ? { condition: null, nick: answer.nick } : { condition: answer.condition, nick })
    }
    const onLost = (): void => reject(new JoinError(group, 'disconnected'))
    const timer = setTimeout(() => reject(new JoinError(group, 'remote-server-timeout')), JOIN_MS)
    this.#connection.on('stanza', onStanza)
    this.#connection.on('lost', onLost)
    try {
      await this.#connection.send(joinGroup(group, nick))
      return await promise
    } finally {
      clearTimeout(timer)
      this.#connection.removeListener('stanza', onStanza)
      this.#connection.removeListener('lost', onLost)
    }
  }
}
