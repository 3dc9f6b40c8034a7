/** Own messages returned as errors (RFC 6121 section 5.2.2): each is marked as failed, with its reason. */
import type { Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Log } from '../../log.ts'
import type { StoreChanges } from '../../store/types.ts'
import type { Store } from '../../threads/store.ts'
import type { Incoming, Module } from '../module.ts'
import { untilStored } from './until-stored.ts'

interface RefusalsOptions {
  store: Store
  own: Jid
  /** True for the address of a joined group. */
  isGroup(address: string): boolean
  /** Called when a group says that we are not in it. */
  interrupted(group: Jid): void
  /** Returns whether a message refused by a group is sent there again. */
  sendAgain(group: Jid, originId: string): Promise<boolean>
  onChanges(changes: StoreChanges): void
  log: Log
}

export class Refusals implements Module {
  readonly #options: RefusalsOptions

  constructor(options: RefusalsOptions) {
    this.#options = options
  }

  message({ message }: Incoming): boolean {
    if (message.attrs['type'] !== 'error') return false
    this.#onError(message).catch((error: unknown) => this.#options.log.warn(error instanceof Error ? error.message : String(error)))
    return true
  }

  async #onError(message: Element): Promise<void> {
    const { store, own, isGroup, interrupted, sendAgain, onChanges, log } = this.#options
    const from = parseJid(message.attrs['from'] ?? '')
    const { id } = message.attrs
    if (from === null || id === undefined) return
    const error = message.getChild('error')
    const condition = error?.getChildElements()[0]?.name ?? 'error'
    // a private message in a group is refused in the occupant's name (XEP-0045 section 7.5)
    const conversation = !isGroup(bare(from)) || (await store.read.conversationByJid(from, own)) === null ? bare(from) : from
    // a restarted group, or its new cluster node, has lost its occupants (XEP-0045 section 7.4)
    if (from === conversation && isGroup(from) && condition === 'not-acceptable' && (await sendAgain(from, id))) {
      interrupted(from)
      return
    }
    const failed = { account: own, conversation, originId: id, state: 'failed', error: error?.getChildText('text') ?? condition } as const
    onChanges(await untilStored(() => store.write.transition(failed), log.warn))
  }
}
