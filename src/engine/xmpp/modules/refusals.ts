/** Own messages returned as errors (RFC 6121 section 5.2.2): each is marked as failed, with its reason. */
import type { Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { plainName } from '../../file-names.ts'
import type { Log } from '../../log.ts'
import type { StoreChanges } from '../../store/types.ts'
import type { Store } from '../../threads/store.ts'
import type { Incoming, Module } from '../module.ts'
import { idOf } from '../stanzas/stable-ids.ts'
import { untilStored } from './until-stored.ts'

const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
/** Longest shown text of an error, UTF-16 units. */
const LONGEST_REASON = 500

/** Condition of an error and its text, or null (RFC 6120 section 8.3.2). */
function refusalIn(message: Element): { condition: string; text: string | null } {
  const error = message.getChild('error')
  const children = error?.getChildElements() ?? []
  const condition = (children.find((one) => one.getNS() === NS_STANZAS && one.name !== 'text') ?? children.find(({ name }) => name !== 'text'))?.name ?? 'error'
  const text = plainName((error?.getChildText('text') ?? '').replace(/\s+/g, ' '), LONGEST_REASON)
  return { condition: condition.slice(0, LONGEST_REASON), text: text === '' ? null : text }
}

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
    const id = idOf(message.attrs['id'])
    if (from === null || id === null) return
    const { condition, text } = refusalIn(message)
    // a private message in a group is refused in the occupant's name (XEP-0045 section 7.5), a group message only by the group
    const conversation = isGroup(bare(from)) ? from : bare(from)
    // a restarted group, or its new cluster node, has lost its occupants (XEP-0045 section 7.4)
    if (from === conversation && isGroup(from) && condition === 'not-acceptable' && (await sendAgain(from, id))) {
      interrupted(from)
      return
    }
    const failed = { account: own, conversation, originId: id, state: 'failed', error: text ?? condition } as const
    onChanges(await untilStored(() => store.write.transition(failed), log.warn))
  }
}
