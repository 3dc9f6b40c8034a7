/** Read positions of a group's members: the member list joined with read markers. Pure. */
import type { GroupMember, GroupReader, MessageId } from '../../contract/domain.ts'

/** Largest group, in other members, whose readers are shown. */
export const MOST_READERS = 30

export interface Reader {
  name: string
  /** Address that determines picture and colour. */
  address: string
  /** Id of the last message read; 0 if unknown. */
  upTo: number
}

/** All other members of a group, by name; null where the group is too large or nobody there sends read markers. */
export function groupReaders(group: string, members: readonly GroupMember[], seen: readonly GroupReader[]): Reader[] | null {
  const others = members.filter(({ own, affiliation }) => !own && affiliation !== 'outcast')
  if (others.length === 0 || others.length > MOST_READERS || seen.length === 0) return null
  return others.map(({ nick, jid, name }) => ({
    name,
    address: jid ?? `${group}/${nick ?? ''}`,
    // an absent member has no nickname and is matched by address; a nickname may have belonged to another person before
    upTo: Math.max(0, ...seen.filter((one) => (jid !== null && one.person !== null ? one.person === jid : one.nick === nick)).map(({ upTo }) => upTo))
  }))
}

/** Splits readers into those who have read a message, and those who have not or send no read markers. */
export const parted = (readers: readonly Reader[], id: MessageId): { read: Reader[]; unread: Reader[] } => ({
  read: readers.filter(({ upTo }) => upTo >= id),
  unread: readers.filter(({ upTo }) => upTo < id)
})
