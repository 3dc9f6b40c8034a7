/** People and conversations meant by the name in a filter. */
import type { ConversationId, Jid } from '../../contract/domain.ts'
import { bare, localOf } from '../../contract/address.ts'
import type { ReadableDB } from '../store/database.ts'
import { nameOf as nameWith } from '../store/tables/name.ts'

interface Named {
  id: number
  jid: string
  /** Displayed name and address, folded. */
  name: string
  address: string
}

/** All senders and conversations by name; read again when the store has new ones. */
export function createPeople(db: ReadableDB) {
  const mark = db.prepare<[], string>("SELECT count || ' ' || coalesce((SELECT max(id) FROM address), 0) FROM name_change").pluck()
  const addresses = db.prepare<[], { id: number; jid: string }>('SELECT id, jid FROM address')
  const contacts = db.prepare<[], { jid: string; name: string }>("SELECT jid, name FROM contact WHERE name <> ''")
  const conversations = db.prepare<[], { id: ConversationId; jid: Jid; kind: 'direct' | 'group'; name: string; readUpTo: number }>(
    'SELECT id, jid, kind, name, read_up_to AS readUpTo FROM conversation'
  )
  const occupants = db.prepare<[], { address: string; jid: string }>("SELECT address, jid FROM occupant WHERE jid <> ''")
  const fold = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  let version = 0
  let known = ''
  let names: string[] = []
  let senders: Named[] = []
  let rooms: Named[] = []
  let contactNames = new Map<string, string>()
  /** Person behind a group occupant. */
  let persons = new Map<string, string>()
  const jids = new Map<number, string>()
  const shown = new Map<number, string>()

  const foldOf = (text: string): string => fold.get(text) ?? ''

  function look(): void {
    const now = mark.get() ?? ''
    if (now === known) return
    known = now
    version++
    contactNames = new Map(contacts.all().map(({ jid, name }) => [jid, name]))
    persons = new Map(occupants.all().map(({ address, jid }) => [address, jid]))
    const list = conversations.all()
    names = [...new Set([...contactNames.values(), ...list.map(({ name }) => name)])].filter((name) => name.length >= 2)
    jids.clear()
    senders = addresses.all().map(({ id, jid }) => {
      jids.set(id, jid)
      return { id, jid, name: foldOf(nameOf(jid)), address: foldOf(bare(jid)) }
    })
    shown.clear()
    rooms = list.map(({ id, jid, name }) => {
      const title = contactNames.get(jid) ?? (name || localOf(jid))
      shown.set(id, title)
      return { id, jid, name: foldOf(title), address: foldOf(jid) }
    })
  }

  const personOf = (jid: string): string => persons.get(jid) ?? jid
  const nameOf = (jid: string): string => nameWith(jid, contactNames.get(jid) ?? contactNames.get(personOf(jid)))

  /** Entries whose name or address equals `name`, otherwise entries whose name contains it. */
  function matching(list: readonly Named[], name: string): Set<number> {
    const wanted = foldOf(name.replace(/^@/, ''))
    const exactly = list.filter((one) => one.name === wanted || one.address === wanted)
    const found = exactly.length > 0 ? exactly : list.filter((one) => one.name.includes(wanted) || (wanted.includes('@') && one.address.includes(wanted)))
    return new Set(found.map(({ id }) => id))
  }

  return {
    look,
    /** Rises when somebody is new or renamed. */
    get version(): number {
      return version
    },
    nameOf,
    /** Real address of an occupant, if the group shows it. */
    personOf,
    conversationName: (id: number) => shown.get(id) ?? '',
    jidOf: (id: number) => jids.get(id) ?? '',
    /** Some names of senders that contain the text. */
    like(text: string): string[] {
      const wanted = foldOf(text)
      return [...new Set(senders.filter((one) => one.name.includes(wanted)).map((one) => nameOf(one.jid)))].slice(0, 8)
    },
    senders: (name: string) => matching(senders, name),
    conversations: (name: string) => matching(rooms, name),
    direct: () =>
      new Set(
        conversations
          .all()
          .filter(({ kind }) => kind === 'direct')
          .map(({ id }) => id as number)
      ),
    readUpTo: () => new Map(conversations.all().map(({ id, readUpTo }) => [id as number, readUpTo])),
    /** Names of people and groups, for the words of queries. */
    get names(): readonly string[] {
      return names
    }
  }
}
export type People = ReturnType<typeof createPeople>
