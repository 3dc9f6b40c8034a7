/** Who in a group has read how far: its members joined with what they have said of it. Pure. */
import type { GroupMember, GroupReader, MessageId } from '../../contract/domain.ts'

/** Of larger groups nobody is told. */
export const MOST_READERS = 30

export interface Reader {
  name: string
  /** Whose picture and colour. */
  address: string
  /** 0: they have not said. */
  upTo: number
}

/** All others in a group, by name; null: it is too large, or nobody there says what they have read. */
export function groupReaders(group: string, members: readonly GroupMember[], seen: readonly GroupReader[]): Reader[] | null {
  const others = members.filter(({ own, affiliation }) => !own && affiliation !== 'outcast')
  if (others.length === 0 || others.length > MOST_READERS || seen.length === 0) return null
  return others.map(({ nick, jid, name }) => ({
    name,
    address: jid ?? `${group}/${nick ?? ''}`,
    // who is away has no nickname, and is known by the address; a nickname may have been another person's
    upTo: Math.max(0, ...seen.filter((one) => (jid !== null && one.person !== null ? one.person === jid : one.nick === nick)).map(({ upTo }) => upTo))
  }))
}

/** Those who have read a message, and those who have not, or do not say. */
export const parted = (readers: readonly Reader[], id: MessageId): { read: Reader[]; unread: Reader[] } => ({
  read: readers.filter(({ upTo }) => upTo >= id),
  unread: readers.filter(({ upTo }) => upTo < id)
})
