/** The messages that this window shows: a stretch of one conversation, never all of it. */
import { defineStore } from 'pinia'
import { nextTick, ref, shallowRef } from 'vue'
import type { ConversationId, LinkMetadata, Message, MessageId, Notice } from '../../contract/domain.ts'
import type { Range } from '../../contract/search.ts'
import type { AppEvent, PageAnchor } from '../../contract/ipc.ts'
import { call, CallFailed, onEvent } from '../bridge.ts'
import { quietly } from '../composables/unforeseen.ts'
import { isCorrectable } from '../composables/message-actions.ts'
import { useConversationsStore } from './conversations.ts'
import { placeOf, setPlace } from './places.ts'
import { applyChanges } from './stretch.ts'

const PAGE = 60
/** The most messages held; what is out of sight beyond that is let go. */
const MOST = 360
/** At the end, where they come by themselves, all but KEPT are let go when they are SPARE more. */
const KEPT = 2 * PAGE
const SPARE = PAGE / 2
/** Of thousands that come in a row the newest are shown this often, ms; less often where showing them takes long. */
const RELOAD_MS = 250
const SLOWEST_RELOAD_MS = 2000
/** Most of a window's time is left to who types in it. */
const SHARE = 6
/** Where one is, is written down so often, ms. */
const KEEP_MS = 1000

export const useThreadStore = defineStore('thread', () => {
  const conversations = useConversationsStore()
  const conversation = ref<ConversationId | null>(null)
  // replaced, never changed: every row reads a dozen fields of one
  const messages = shallowRef<Message[]>([])
  /** What else happened meanwhile, in order. */
  const notices = shallowRef<Notice[]>([])
  const hasOlder = ref(false)
  const hasNewer = ref(false)
  const loading = ref(false)
  /** Older history of the conversation comes from its archive. */
  const fetching = ref(false)
  /** Nothing older is anywhere. */
  let whole: ConversationId | null = null
  /** The end is in sight, and what comes is to be seen there. */
  const atEnd = ref(true)
  /** Counts how often one was opened: it is put in its place then, also where it was open already. */
  const opened = ref(0)
  /** Counts what was sent from this window: who sends something wants to see it. */
  const sent = ref(0)
  /** Rows are being added or let go at the start: the list keeps its place by counting from the end. */
  const prepending = ref(false)
  /** The message that was jumped to, with what was searched for. */
  const target = ref<{ id: MessageId; ranges: Range[]; align: 'center' | 'start'; serial: number } | null>(null)
  /** What is being written is an answer to a message, or its new text. */
  const writing = ref<{ kind: 'reply' | 'edit'; message: Message } | null>(null)
  /** A text that is to be written once more; `serial` tells two of the same apart. */
  const rewritten = ref<{ text: string; serial: number } | null>(null)
  function rewrite(text: string): void {
    writing.value = null
    rewritten.value = { text, serial: (rewritten.value?.serial ?? 0) + 1 }
  }
  /** A day to jump to is being chosen, beginning with the one of this time, ms. */
  const choosingDay = ref<number | null>(null)
  /** Who was reading further up goes on there; null: at the end, or at what is new. */
  const leftAt = ref<MessageId | null>(null)
  /** The message of which all is told. */
  const details = ref<Message | null>(null)
  /** Up to here all had been read when the conversation was opened. */
  const readUpTo = ref(0)
  /** Where one is, not kept yet. */
  let place: { conversation: ConversationId; top: MessageId | null } | null = null
  let keeping: number | undefined
  let epoch = 0
  let reloading: number | null = null
  let reloadAfter = RELOAD_MS

  type Changes = Extract<AppEvent, { type: 'messages' }>
  /** What changed while a page was on its way: the page may be from before, so it is applied after it. */
  let late: Changes[] = []
  /** It is only looked at, beside what was found in it: that does not count as using or reading it. */
  const peeking = ref(false)
  /** The conversation whose page is on its way, while another one is still shown. */
  let coming: ConversationId | null = null

  onEvent((event) => {
    if (event.type === 'notices' && event.conversation === conversation.value && !hasNewer.value) addNotices(event.notices)
    if (event.type !== 'messages') return
    if (event.conversation === coming || (loading.value && event.conversation === conversation.value)) late.push(event)
    else if (event.conversation === conversation.value) apply(event)
  })

  function apply(event: Changes): void {
    if (event.bulk) {
      // who reads further up goes on reading
      if (!atEnd.value) hasNewer.value = true
      else if (!hasNewer.value) reloading ??= window.setTimeout(() => void reload(), reloadAfter)
      return
    }
    const last = messages.value.at(-1)?.id ?? 0
    // who reads further up is not pushed out of it: what comes beyond that is read when one goes down to it
    if (!atEnd.value && messages.value.length >= MOST && event.changed.some(({ id }) => id > last)) hasNewer.value = true
    prepending.value = false
    messages.value = applyChanges(messages.value, event.changed, event.removed, !hasNewer.value)
    if (isLongAtEnd()) void keepEnd()
  }

  const isLongAtEnd = (): boolean => atEnd.value && !hasNewer.value && messages.value.length > KEPT + SPARE
  /** Who is at the end needs the end alone. */
  async function keepEnd(): Promise<void> {
    const mine = epoch
    // the list is told of each end by itself, as in extend()
    await nextTick()
    if (mine !== epoch || loading.value || !isLongAtEnd()) return
    keep('newest', KEPT)
  }

  async function reload(): Promise<void> {
    if (!hasNewer.value && atEnd.value) {
      await load({ kind: 'newest' })
      const shown = performance.now()
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      reloadAfter = Math.min(SLOWEST_RELOAD_MS, Math.max(RELOAD_MS, (performance.now() - shown) * SHARE))
    }
    reloading = null
  }

  function loaded(mine: number): void {
    if (mine !== epoch) return
    loading.value = false
    applyLate()
  }
  function applyLate(): void {
    const waiting = late
    late = []
    for (const event of waiting) if (event.conversation === conversation.value) apply(event)
  }

  function addNotices(more: readonly Notice[]): void {
    if (more.length === 0) return
    const byId = new Map([...notices.value, ...more].map((notice) => [notice.id, notice]))
    notices.value = [...byId.values()].sort((a, b) => a.time - b.time || a.id - b.id)
  }
  /** Of what is held so many stay, and of the notices those that stand among them. */
  function keep(which: 'oldest' | 'newest', count: number): void {
    prepending.value = which === 'newest'
    messages.value = which === 'newest' ? messages.value.slice(-count) : messages.value.slice(0, count)
    if (which === 'newest') hasOlder.value = true
    else hasNewer.value = true
    const [first, last] = [messages.value[0], messages.value.at(-1)]
    if (first !== undefined && last !== undefined)
      notices.value = notices.value.filter(({ time }) => (!hasOlder.value || time >= first.time) && (!hasNewer.value || time <= last.time))
  }

  async function load(anchor: PageAnchor): Promise<void> {
    const id = conversation.value
    if (id === null) return
    const mine = ++epoch
    loading.value = true
    try {
      const page = await call('messages.page', { conversation: id, anchor, limit: PAGE })
      if (mine !== epoch) return
      prepending.value = false
      messages.value = page.messages
      notices.value = page.notices
      hasOlder.value = page.hasOlder
      hasNewer.value = page.hasNewer
    } finally {
      loaded(mine)
    }
  }

  /** Shows a conversation: at a message, otherwise at the first unread one, otherwise at its end. */
  async function open(id: ConversationId, read: number, at: { id: MessageId; ranges: Range[] } | null): Promise<void> {
    const same = conversation.value === id
    coming = null
    const peeked = peeking.value
    peeking.value = false
    conversation.value = id
    if (conversations.byId.get(id)?.markedUnread === true) call('conversations.set', { conversation: id, markedUnread: false }).catch(quietly)
    if (same && peeked) call('conversations.watch', { conversation: id, peek: false }).catch(quietly)
    if (same) return show(id, at, true)
    leave()
    messages.value = []
    notices.value = []
    late = []
    readUpTo.value = read
    // it is heard before the page is read; the answer waits for the writer
    await Promise.all([call('conversations.watch', { conversation: id, peek: false }), show(id, at, false)])
  }

  /** What was begun in the conversation that is shown ends with it. */
  function leave(): void {
    flushPlace()
    writing.value = null
    choosingDay.value = null
    details.value = null
    whole = null
  }

  /** Shows a message among those around it, in one step: what is shown stays until the others are here. */
  async function peek(id: ConversationId, read: number, at: { id: MessageId; ranges: Range[] }): Promise<void> {
    if (conversation.value === id && !loading.value && messages.value.some((message) => message.id === at.id)) {
      coming = null
      aim(at.id, at.ranges, 'center')
      return
    }
    const mine = ++epoch
    loading.value = true
    const same = conversation.value === id
    coming = id
    late = []
    try {
      // it is heard before the page is read
      if (!same) call('conversations.watch', { conversation: id, peek: true }).catch(quietly)
      const page = await call('messages.page', { conversation: id, anchor: { kind: 'around', id: at.id }, limit: PAGE })
      if (mine !== epoch) return
      if (!same) {
        leave()
        notices.value = []
        conversation.value = id
        peeking.value = true
        readUpTo.value = read
      }
      prepending.value = false
      messages.value = page.messages
      notices.value = page.notices
      hasOlder.value = page.hasOlder
      hasNewer.value = page.hasNewer
      atEnd.value = false
      aim(at.id, at.ranges, 'center')
    } finally {
      if (mine === epoch) {
        coming = null
        loading.value = false
        applyLate()
      }
    }
  }

  /** Somebody goes on in the conversation that was only looked at: from now on it is open. */
  function stay(): void {
    if (!peeking.value || conversation.value === null) return
    peeking.value = false
    call('conversations.watch', { conversation: conversation.value, peek: false }).catch(quietly)
  }

  async function show(id: ConversationId, at: { id: MessageId; ranges: Range[] } | null, same: boolean): Promise<void> {
    if (at !== null) {
      if (!messages.value.some((message) => message.id === at.id)) await load({ kind: 'around', id: at.id })
      if (conversation.value === id) aim(at.id, at.ranges, 'center')
      return
    }
    target.value = null
    // its end is in sight and comes by itself
    if (same && atEnd.value && !hasNewer.value) return
    opened.value++
    leftAt.value = same || (conversations.byId.get(id)?.unread ?? 0) > 0 ? null : placeOf(id)
    await load(leftAt.value !== null ? { kind: 'around', id: leftAt.value } : { kind: 'first-unread' })
  }

  /** Where one is, so that one comes back there. */
  function keepPlace(top: MessageId | null): void {
    // who has jumped somewhere has not been reading there
    if (conversation.value === null || target.value !== null) return
    place = { conversation: conversation.value, top: atEnd.value ? null : top }
    keeping ??= window.setTimeout(flushPlace, KEEP_MS)
  }
  function flushPlace(): void {
    clearTimeout(keeping)
    keeping = undefined
    if (place !== null) setPlace(place.conversation, place.top)
    place = null
  }

  function aim(id: MessageId, ranges: Range[], align: 'center' | 'start'): void {
    target.value = { id, ranges, align, serial: (target.value?.serial ?? 0) + 1 }
  }

  /** What was found is marked no longer. */
  function unmark(): void {
    if (target.value !== null && target.value.ranges.length > 0) target.value = { ...target.value, ranges: [] }
  }

  /** Shows what was written from a time (ms) on. */
  async function toTime(time: number): Promise<void> {
    choosingDay.value = null
    await load({ kind: 'time', time })
    const first = messages.value.find((message) => message.time >= time) ?? messages.value.at(-1)
    if (first !== undefined) aim(first.id, [], 'start')
  }

  async function close(): Promise<void> {
    flushPlace()
    epoch++
    loading.value = false
    late = []
    coming = null
    peeking.value = false
    conversation.value = null
    messages.value = []
    target.value = null
    await call('conversations.watch', { conversation: null, peek: false })
  }

  async function extend(direction: 'before' | 'after'): Promise<void> {
    const id = conversation.value
    const edge = direction === 'before' ? messages.value[0] : messages.value.at(-1)
    const more = direction === 'before' ? hasOlder.value : hasNewer.value
    if (id === null || edge === undefined || loading.value) return
    if (direction === 'before' && !more) return fetchOlder(id)
    if (!more) return
    const mine = ++epoch
    loading.value = true
    try {
      const page = await call('messages.page', { conversation: id, anchor: { kind: direction, id: edge.id }, limit: PAGE })
      if (mine !== epoch) return
      addNotices(page.notices)
      // the list is told of each end by itself: what is added at one and let go at the other would leave its length as it is
      prepending.value = direction === 'before'
      if (direction === 'before') {
        messages.value = [...page.messages, ...messages.value]
        hasOlder.value = page.hasOlder
      } else {
        messages.value = [...messages.value, ...page.messages]
        hasNewer.value = page.hasNewer
      }
      if (messages.value.length <= MOST) return
      await nextTick()
      if (mine !== epoch) return
      keep(direction === 'before' ? 'oldest' : 'newest', MOST)
    } finally {
      loaded(mine)
    }
  }

  /** The store has no more of it: perhaps the archive has. */
  async function fetchOlder(id: ConversationId): Promise<void> {
    if (fetching.value || whole === id) return
    fetching.value = true
    try {
      const more = await call('history.older', { conversation: id })
      if (conversation.value !== id) return
      if (!more) {
        whole = id
        return
      }
      hasOlder.value = true
    } catch (cause) {
      // the banner says what is the matter with the connection
      if (!(cause instanceof CallFailed)) throw cause
      return
    } finally {
      fetching.value = false
    }
    await extend('before')
  }

  /** Shows what comes after what was read. */
  async function toUnread(readUpTo: number): Promise<void> {
    const isHere = (id: number): boolean => id > readUpTo
    if (!messages.value.some(({ id, outgoing }) => isHere(id) && !outgoing) || (messages.value[0]?.id ?? Infinity) > readUpTo)
      await load({ kind: 'first-unread' })
    const first = messages.value.find(({ id, outgoing }) => isHere(id) && !outgoing)
    if (first !== undefined) aim(first.id, [], 'start')
  }

  async function toNewest(): Promise<void> {
    target.value = null
    if (hasNewer.value) await load({ kind: 'newest' })
  }

  /** Throws CallFailed ('too-long'), and what was written about is still. */
  async function send(text: string, link: LinkMetadata | null): Promise<void> {
    const about = writing.value
    writing.value = null
    try {
      await post(text, link, about)
    } catch (cause) {
      writing.value ??= about
      throw cause
    }
  }

  async function post(text: string, link: LinkMetadata | null, about: typeof writing.value): Promise<void> {
    const id = conversation.value
    if (id === null) return
    if (about?.kind === 'edit') {
      if (about.message.text !== text) await call('messages.change', { id: about.message.id, kind: 'correction', text })
      return
    }
    const message = await call('messages.send', { conversation: id, text, reply: about?.message.id ?? null, link })
    if (conversation.value !== id) return
    if (!hasNewer.value) messages.value = applyChanges(messages.value, [message], [], true)
    sent.value++
  }

  /** Sends what was handed over; it comes as an event. Throws CallFailed. */
  async function sendFile(id: ConversationId, token: string): Promise<void> {
    await call('files.send', { token, conversation: id })
    if (conversation.value === id) sent.value++
  }

  /** The newest own message that can be corrected, if it is here. */
  const lastOwn = (): Message | undefined => messages.value.findLast(isCorrectable)

  return {
    rewritten,
    rewrite,
    unmark,
    peeking,
    peek,
    stay,
    choosingDay,
    details,
    leftAt,
    keepPlace,
    writing,
    lastOwn,
    conversation,
    atEnd,
    messages,
    notices,
    hasOlder,
    hasNewer,
    loading,
    fetching,
    prepending,
    target,
    readUpTo,
    opened,
    sent,
    open,
    close,
    extend,
    toNewest,
    toUnread,
    toTime,
    send,
    sendFile
  }
})
