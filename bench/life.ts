/** History of a person's years as received from servers: accounts, conversations of very different sizes, groups, all ids, receipts and changes. */
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import type { AccountSettings, Jid } from '../src/contract/domain.ts'
import { Store } from '../src/engine/threads/store.ts'
import type { IncomingMessage, Acknowledgement } from '../src/engine/store/types.ts'
import { seeded, storeFiles } from '../test/support/files.ts'
import { BENCH_WORKER, settle } from './histories.ts'
import { texts } from './texts.ts'

export interface LifeOptions {
  messages: number
  /** Number of conversations; one in twelve is a group. */
  conversations: number
}

export interface Life {
  store: Store
  accounts: Jid[]
  people: Jid[]
  groups: Jid[]
  attachments: number
  /** Number of reactions, corrections and retractions. */
  changes: number
}

const ACCOUNTS = 3
const BATCH = 400
const START = 1_500_000_000_000
/** Time span of the history, ms. */
const SPAN = 8 * 365 * 86_400_000
const SHARE = { file: 0.06, reply: 0.06, reaction: 0.08, correction: 0.01, retraction: 0.003, own: 0.4 }
const FILES = [
  ['image', 'IMG_%.jpg', 'image/jpeg'],
  ['file', '报告 %.pdf', 'application/pdf'],
  ['voice', 'voice-%.ogg', 'audio/ogg']
] as const
const EMOJI = ['👍', '❤️', '😂', '🎉', '😮']

const settings = (jid: Jid): AccountSettings => ({ jid, password: '', host: null, port: null, security: 'starttls', proxy: null, trustedFingerprint: null })

/** Random conversation by Zipf's law: the n-th most used has 1/n of the messages of the first. */
function zipf(count: number, random: () => number): () => number {
  const sums: number[] = []
  let sum = 0
  for (let rank = 1; rank <= count; rank++) sums.push((sum += 1 / rank))
  return () => {
    const wanted = random() * sum
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Creates the store in an empty folder, with its index merged as after idle times. */
export async function life(folder: string, { messages, conversations }: LifeOptions): Promise<Life> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const store = await Store.open({ ...storeFiles(folder), worker: BENCH_WORKER })
  const random = seeded(7)
  const uuid = (): string => {
    const hex = createHash('sha1').update(String(random())).digest('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
  }
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => `me${i}@example.org` as Jid)
  for (const jid of accounts) await store.write.saveAccount(settings(jid))
  const rooms = Math.round(conversations / 12)
  const people = Array.from({ length: conversations - rooms }, (_, i) => `friend${i}@example.org` as Jid)
  const groups = Array.from({ length: rooms }, (_, i) => `group${i}@rooms.example.org` as Jid)
  const accountOf = (at: number): Jid => accounts[at % ACCOUNTS] ?? accounts[0]!
  for (const [i, account] of accounts.entries())
    await store.write.saveContacts({
      account,
      contacts: people.flatMap((jid, at) => (at % ACCOUNTS === i ? [{ jid, name: `朋友 ${at}`, subscription: 'both' as const }] : [])),
      complete: true
    })
  for (const [at, jid] of groups.entries()) await store.write.enterGroup({ account: accountOf(at), jid, name: `Group ${at}`, nick: 'me', password: null })
  // every twelfth by rank is a group
  const pick = zipf(conversations, random)
  const place = (rank: number): { jid: Jid; group: boolean; account: Jid } => {
    const group = rank % 12 === 5 && groups.length > 0
    const list = group ? groups : people
    const at = Math.floor(group ? rank / 12 : rank - rank / 12) % list.length
    return { jid: list[at]!, group, account: accountOf(at) }
  }
  const recent = new Map<Jid, { stanzaId: string; originId: string; outgoing: boolean; sender: Jid }[]>()
  const batches = new Map<Jid, { messages: IncomingMessage[]; acknowledgements: Acknowledgement[] }>(
    accounts.map((jid) => [jid, { messages: [], acknowledgements: [] }])
  )
  let [attachments, changes] = [0, 0]
  const flush = async (account: Jid): Promise<void> => {
    const { messages: list, acknowledgements } = batches.get(account)!
    batches.set(account, { messages: [], acknowledgements: [] })
    if (list.length > 0)
      await store.write.record({ account, messages: list, acknowledgements, archive: { jid: account, lastId: list.at(-1)!.stanzaId! }, order: 'forward' })
  }
  let i = 0
  for (const text of texts(messages)) {
    const { jid, group, account } = place(pick())
    const time = START + Math.floor((i++ / messages) * SPAN)
    const outgoing = random() < SHARE.own
    const sender = group ? (`${jid}/${outgoing ? 'me' : `成员 ${Math.floor(random() * 40)}`}` as Jid) : outgoing ? account : jid
    const known = recent.get(jid) ?? []
    recent.set(jid, known)
    const earlier = known[Math.floor(random() * known.length)]
    const file = random() < SHARE.file ? FILES[i % FILES.length]! : null
    const batch = batches.get(account)!
    const base = {
      conversation: jid,
      kind: group ? ('group' as const) : ('direct' as const),
      sender,
      outgoing,
      time,
      replayed: false,
      ...(group ? { occupant: createHash('sha1').update(sender).digest('hex') } : {})
    }
    const ids = { stanzaId: uuid(), originId: uuid() }
    batch.messages.push({
      ...base,
      ...ids,
      text,
      replyTo: earlier !== undefined && random() < SHARE.reply ? (group ? earlier.stanzaId : earlier.originId) : null,
      files:
        file === null
          ? []
          : [{ kind: file[0], name: file[1].replace('%', String(i)), type: file[2], bytes: 200_000, url: `https://upload.example.org/${ids.originId}/${i}` }]
    })
    if (file !== null) attachments++
    known.push({ ...ids, outgoing, sender })
    if (known.length > 20) known.shift()
    if (earlier !== undefined) {
      const change = (kind: 'reactions' | 'correction' | 'retraction', words: string, from: { sender: Jid; outgoing: boolean }): void => {
        changes++
        batch.messages.push({
          ...base,
          ...from,
          stanzaId: uuid(),
          originId: uuid(),
          text: words,
          change: { kind, target: group ? earlier.stanzaId : earlier.originId }
        })
      }
      if (random() < SHARE.reaction) change('reactions', EMOJI[i % EMOJI.length]!, { sender, outgoing })
      if (random() < SHARE.correction) change('correction', `${text} *`, earlier)
      if (random() < SHARE.retraction) change('retraction', '', earlier)
      if (!group && earlier.outgoing)
        batch.acknowledgements.push({ kind: random() < 0.5 ? 'delivered' : 'displayed', conversation: jid, id: earlier.originId, own: false, nick: null })
    }
    if (batch.messages.length >= BATCH) await flush(account)
  }
  for (const account of accounts) await flush(account)
  await settle(store)
  return { store, accounts, people, groups, attachments, changes }
}
