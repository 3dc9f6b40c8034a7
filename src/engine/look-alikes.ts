/** Nicknames in a group that look like somebody else's (Unicode UTS #39, section 4). */
import unhomoglyph from 'unhomoglyph'
import { resource } from '../contract/address.ts'
import type { ConversationId } from '../contract/domain.ts'
import type { Store } from './threads/store.ts'

export interface Named {
  name: string
  /** XEP-0421; null where the group does not say. */
  occupant: string | null
}

/** What is not seen in a name, or only as a gap. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}|\p{Cc}/gu
const visible = (name: string): string => name.normalize('NFKC').replace(UNSEEN, '').replace(/\s+/gu, ' ').trim().normalize('NFD')
const skeleton = (text: string): string => unhomoglyph(text).normalize('NFD').toLowerCase()

/** Names that share one of these look the same: as they are written, and in lower case, where other letters are alike. */
const looksOf = (name: string): string[] => [...new Set([skeleton(visible(name)), skeleton(visible(name).toLowerCase())])]

/** Of a group, so many messages back. */
const SAID = 3000

/** Whose names look alike among those who are in a group and those who have said something there lately. `present`: nicknames. */
export async function lookAlikesIn(store: Store, conversation: ConversationId, present: Iterable<string>): Promise<Record<string, string[]>> {
  const said = (await store.read.sendersIn({ conversation, most: SAID })).map(({ sender, occupant }) => ({ name: resource(sender), occupant }))
  const spoken = new Set(said.map(({ name }) => name))
  return lookAlikes([...said, ...[...present].filter((name) => !spoken.has(name)).map((name) => ({ name, occupant: null }))].filter(({ name }) => name !== ''))
}

/** To each name that looks like another person's, those other names. One person under two names is one person, where the group says so. */
export function lookAlikes(people: Iterable<Named>): Record<string, string[]> {
  const occupantsOf = new Map<string, Set<string | null>>()
  for (const { name, occupant } of people) occupantsOf.set(name, (occupantsOf.get(name) ?? new Set()).add(occupant))
  const byLook = Map.groupBy(
    [...occupantsOf.keys()].flatMap((name) => looksOf(name).map((look) => [look, name] as const)),
    ([look]) => look
  )
  const isOnePerson = (a: string, b: string): boolean => {
    const [one, other] = [occupantsOf.get(a) ?? new Set(), occupantsOf.get(b) ?? new Set()]
    return [...one].every((id) => id !== null && other.has(id)) || [...other].every((id) => id !== null && one.has(id))
  }
  const found = new Map<string, Set<string>>()
  for (const group of byLook.values())
    for (const [, name] of group)
      for (const [, other] of group) if (name !== other && !isOnePerson(name, other)) found.set(name, (found.get(name) ?? new Set()).add(other))
  return Object.fromEntries([...found].map(([name, others]) => [name, [...others].sort()]))
}
