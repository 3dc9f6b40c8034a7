/** Messages of ours that come back as errors (RFC 6121 section 5.2.2): each has failed, with its reason. */
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
  /** Whether it is a group's that we are in. */
  isGroup(address: string): boolean
  /** A group says that we are not in it. */
  interrupted(group: Jid): void
  /** Whether what it has not taken is sent there again. */
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
    // what was said to one occupant of a group is refused in the occupant's name (XEP-0045 section 7.5)
    const conversation = !isGroup(bare(from)) || (await store.read.conversationByJid(from, own)) === null ? bare(from) : from
    // whoever started it again, or the node of a cluster on which it lives now, knows nobody (XEP-0045 section 7.4)
    if (from === conversation && isGroup(from) && condition === 'not-acceptable' && (await sendAgain(from, id))) {
      interrupted(from)
      return
    }
    const failed = { account: own, conversation, originId: id, state: 'failed', error: error?.getChildText('text') ?? condition } as const
    onChanges(await untilStored(() => store.write.transition(failed), log.warn))
  }
}
