/** Counts of hits per conversation, per sender, per month. */
import type { ConversationId, Jid } from '../../contract/domain.ts'
import type { Facets } from '../../contract/search.ts'
import { OUTGOING } from '../store/tables/message-row.ts'
import { each, type Bits } from './bits.ts'
import { monthName, type Columns } from './columns.ts'
import type { People } from './people.ts'

/** Number of listed senders. */
const MOST_SENDERS = 200

export function facetsOf(set: Bits, columns: Columns, people: People): Facets {
  columns.load()
  const { conversation, sender, flags, month } = columns
  const perConversation = new Map<number, number>()
  const perMonth = new Map<number, number>()
  let senders = new Uint32Array(1024)
  let own = 0
  each(set, (at) => {
    perConversation.set(conversation[at]!, (perConversation.get(conversation[at]!) ?? 0) + 1)
    perMonth.set(month[at]!, (perMonth.get(month[at]!) ?? 0) + 1)
    if ((flags[at]! & OUTGOING) !== 0) own++
    else {
      const id = sender[at]!
      if (id >= senders.length) {
        const more = new Uint32Array(id * 2)
        more.set(senders)
        senders = more
      }
      senders[id]!++
    }
  })
  // one person writes under a separate address in each group
  const bySender = new Map<string, Facets['senders'][number]>()
  for (const [id, number] of senders.entries()) {
    if (number === 0) continue
    const address = people.jidOf(id)
    const jid = people.personOf(address)
    const name = people.nameOf(address)
    const known = bySender.get(name)
    if (known === undefined) bySender.set(name, { jid: jid as Jid, name, count: number })
    else {
      known.count += number
      // the real address gives the avatar and colour used everywhere else
      if (!jid.includes('/')) known.jid = jid as Jid
    }
  }
  const everyone = [...bySender.values(), ...(own === 0 ? [] : [{ jid: null, name: '', count: own }])]
  return {
    conversations: [...perConversation]
      .sort((a, b) => b[1] - a[1])
      .map(([id, number]) => ({ id: id as ConversationId, name: people.conversationName(id), count: number })),
    senders: everyone.sort((a, b) => b.count - a.count).slice(0, MOST_SENDERS),
    months: [...perMonth].sort((a, b) => a[0] - b[0]).map(([at, number]) => ({ month: monthName(at), count: number }))
  }
}
