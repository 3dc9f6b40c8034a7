/** Nicknames in a group that look like somebody else's (Unicode UTS #39, section 4). */
import unhomoglyph from 'unhomoglyph'
import { resource } from '../contract/address.ts'
import type { ConversationId } from '../contract/domain.ts'
import type { Store } from './threads/store.ts'

export interface Named {
  name: string
  /** Occupant id (XEP-0421); null if the group gives none. */
  occupant: string | null
}

/** Characters of a name that are invisible or show as a gap only. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}|\p{Cc}/gu
const visible = (name: string): string => name.normalize('NFKC').replace(UNSEEN, '').replace(/\s+/gu, ' ').trim().normalize('NFD')
const skeleton = (text: string): string => unhomoglyph(text).normalize('NFD').toLowerCase()

/** Skeletons of a name, as written and in lower case, where other letters are alike. Names that share a skeleton look the same. */
const looksOf = (name: string): string[] => [...new Set([skeleton(visible(name)), skeleton(visible(name).toLowerCase())])]

/** Number of newest messages of a group whose senders are compared. */
const SAID = 3000

/** Look-alikes among a group's occupants and its recent senders. `present`: nicknames. */
export async function lookAlikesIn(store: Store, conversation: ConversationId, present: Iterable<string>): Promise<Record<string, string[]>> {
  const said = (await store.read.sendersIn({ conversation, most: SAID })).map(({ sender, occupant }) => ({ name: resource(sender), occupant }))
  const spoken = new Set(said.map(({ name }) => name))
  return lookAlikes([...said, ...[...present].filter((name) => !spoken.has(name)).map((name) => ({ name, occupant: null }))].filter(({ name }) => name !== ''))
}

/** Look-alikes of other people, by name. Two names of one person do not count, where the group tells that they are one person. */
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
