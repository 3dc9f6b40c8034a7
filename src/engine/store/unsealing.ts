/** Decryption of incoming messages in the transaction that stores them. */
import type { ConversationId, MessageId } from '../../contract/domain.ts'
import { authorOf, idsIn, isSame } from './authors.ts'
import { SendingTimes } from './sending-times.ts'
import type { ChangeRow } from './tables/change.ts'
import type { Tables } from './tables/index.ts'
import { FLAG, toMessage, type MessageRow } from './tables/message-row.ts'
import type { Acknowledgement, Content, EncryptionEffects, IncomingMessage, RecordBatch, StoreChanges } from './types.ts'

/** Metadata of a file of which only the address is known. */
const NO_METADATA = { type: null, width: null, height: null, hash: null, preview: null, url: null }

/** Content of an encrypted message as fields of a message. */
const contentOf = ({ replyTo, change, link, mentioned, unstyled }: Content): Partial<IncomingMessage> => ({ replyTo, change, link, mentioned, unstyled })

/** Receipts and markers inside an encrypted message. */
function acknowledgementsIn({ conversation, kind, outgoing, sender }: IncomingMessage, { delivered, displayed }: Content): Acknowledgement[] {
  const nick = kind === 'group' && !outgoing ? sender.slice(conversation.length + 1) : null
  const common = { conversation, own: outgoing, nick }
  return [
    ...(delivered === null || outgoing || kind === 'group' ? [] : [{ ...common, kind: 'delivered' as const, id: delivered }]),
    ...(displayed === null ? [] : [{ ...common, kind: 'displayed' as const, id: displayed }])
  ]
}

/** State of a batch during decryption. */
interface Unsealing {
  batch: RecordBatch
  opening: ReturnType<Tables['encrypting']['opening']>
  /** Messages that were unreadable until now. */
  completed: MessageId[]
  /** Messages that turned out to be changes of others. */
  gone: MessageRow[]
  acknowledgements: Acknowledgement[]
}

/** Returns the function that stores a batch and its archive position, within a transaction: encrypted messages are decrypted first, in the order in which they were sent. */
export function createUnsealing(
  { messages, conversations, alterations, encrypting }: Pick<Tables, 'messages' | 'conversations' | 'alterations' | 'encrypting'>,
  find: (id: ConversationId, incoming: IncomingMessage) => MessageRow | undefined,
  recordOpened: (batch: RecordBatch) => StoreChanges
): (batch: RecordBatch) => StoreChanges {
  const times = new SendingTimes()

  /** Stored change with the same id, which then need not be decrypted. In the newer version only the content tells that a message is a change. */
  function knownChange(id: ConversationId, incoming: IncomingMessage): ChangeRow | undefined {
    const ids = idsIn(incoming).flatMap((one) => (one === null ? [] : alterations.byAnyId(id, one)))
    const isHidden = incoming.sealed?.version === 'omemo:2'
    return ids.find((one) => (isHidden || one.kind === incoming.change?.kind) && isSame(one, authorOf(incoming)))
  }

  /** Decrypted form of a message, for storing; null: it has no content, or was stored before and has no id. */
  function unseal(incoming: IncomingMessage, unsealing: Unsealing): IncomingMessage | null {
    const { opening, acknowledgements } = unsealing
    const { account, order } = unsealing.batch
    const { sealed = null, change = null, kind, outgoing, stanzaId, conversation } = incoming
    const id = conversations.idOf(conversation, account)
    if (sealed === null || (id !== null && change === null && messages.deleted.includes(id, incoming))) return incoming
    const altered = id === null ? undefined : knownChange(id, incoming)
    const known = id === null || change !== null || altered !== undefined ? undefined : find(id, incoming)
    const here = altered ?? known
    const again = { ...incoming, text: here?.text ?? '', change: altered === undefined ? change : { kind: altered.kind, target: altered.target } }
    const isRead = here !== undefined && (known === undefined || (known.flags & FLAG.unreadable) === 0)
    if (isRead && (outgoing || (stanzaId !== null && here.stanza_id === stanzaId))) return again
    const nick = kind === 'group' && id !== null ? conversations.nick(id) : null
    const said = opening.open(sealed, { conversation, kind, outgoing, nick })
    // a message decrypted before is stored, and may have an archive id now
    if (said === null || (isRead && said.kind === 'unreadable')) return here === undefined ? null : again
    if (said.kind === 'silent') return null
    if (said.kind === 'unreadable') {
      if (here === undefined && sealed.from === account && sealed.device === opening.device && kind === 'direct' && order !== 'backward') opening.noteOlder()
      return change === null ? { ...incoming, sealed: null, unreadable: said.reason } : null
    }
    if (said.kind === 'content') acknowledgements.push(...acknowledgementsIn(incoming, said.content))
    const { text = '', replyTo = null, link = null } = said.kind === 'text' ? { text: said.text, replyTo: incoming.replyTo } : said.content
    const files = [...(said.kind === 'text' ? [] : said.content.files), ...said.files].map((file) => ({ ...NO_METADATA, ...file, stored: null }))
    const { written } = said.kind === 'content' ? said.content : { written: null }
    const misdated = written !== null && times.isOdd(`${account} ${sealed.from} ${sealed.device}`, incoming.time, written)
    const opened = { ...incoming, sealed: null, encrypted: true, misdated, verified: said.verified, text: said.files.length > 0 ? '' : text, files }
    const read: IncomingMessage = said.kind === 'text' ? opened : { ...opened, ...contentOf(said.content) }
    if (said.kind === 'content' && !said.content.says) return null
    if (known === undefined || isRead) return read
    if (read.change !== undefined && read.change !== null) unsealing.gone.push(known)
    else {
      messages.complete(
        { ...known, flags: known.flags & ~FLAG.unreadable },
        { text: read.text, replyTo, attachments: files, link, flags: (said.verified ? FLAG.verified : 0) | (misdated ? FLAG.misdated : 0) }
      )
      messages.setState(known.id, known.state, null)
      unsealing.completed.push(known.id)
    }
    return read
  }

  return function record(batch: RecordBatch): StoreChanges {
    const { account, order } = batch
    if (account === undefined || batch.messages.every(({ sealed = null }) => sealed === null)) return recordOpened(batch)
    const opening = encrypting.opening(account, Date.now())
    const unsealing: Unsealing = { batch, opening, completed: [], gone: [], acknowledgements: [...(batch.acknowledgements ?? [])] }
    const opened = batch.messages.flatMap((incoming) => unseal(incoming, unsealing) ?? [])
    const encryption: EncryptionEffects & { old: boolean } = { ...opening.close(), old: order === 'backward' }
    for (const row of unsealing.gone) {
      messages.remove(row)
      conversations.summarize(row.conversation)
    }
    const stored = recordOpened({ ...batch, messages: opened, acknowledgements: unsealing.acknowledgements })
    const others = unsealing.completed.filter((id) => !stored.messages.some((message) => message.id === id)).flatMap((id) => messages.byId(id) ?? [])
    const removed = [...stored.removed, ...unsealing.gone.map(({ id, conversation }) => ({ id, conversation }))]
    return { ...stored, removed, messages: [...stored.messages, ...others.map(toMessage)], encryption }
  }
}
