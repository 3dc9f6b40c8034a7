/** Messages shown in this window: a stretch of one conversation, never all of it. */
import { defineStore } from 'pinia'
import { nextTick, ref, shallowRef } from 'vue'
import type { ConversationId, Message, MessageId, Notice } from '../../contract/domain.ts'
import type { Range } from '../../contract/search.ts'
import type { AppEvent } from '../../contract/ipc.ts'
import type { PageAnchor } from '../../contract/requests/messages.ts'
import { call, CallFailed, onEvent } from '../bridge.ts'
import { quietly } from '../composables/unforeseen.ts'
import { isCorrectable } from '../composables/message-actions.ts'
import { useConversationsStore } from './conversations.ts'
import { placeKeeper, placeOf } from './places.ts'
import { applyChanges } from './stretch.ts'
import { useWriting } from './writing.ts'

const PAGE = 60
/** Most messages held; beyond that, those out of sight are dropped. */
const MOST = 360
/** At the end of a conversation, where messages arrive by themselves, all but KEPT are dropped once there are SPARE more. */
const KEPT = 2 * PAGE
const SPARE = PAGE / 2
/** Interval at which a burst of thousands of messages is shown, ms; it grows where rendering takes long. */
const RELOAD_MS = 250
const SLOWEST_RELOAD_MS = 2000
/** Reloading takes at most one SHARE-th of a window's time; the rest is left to typing. */
const SHARE = 6

export const useThreadStore = defineStore('thread', () => {
  const conversations = useConversationsStore()
  const conversation = ref<ConversationId | null>(null)
  // replaced, never mutated: every row reads a dozen fields of a message
  const messages = shallowRef<Message[]>([])
  /** Group notices among the messages, in order. */
  const notices = shallowRef<Notice[]>([])
  const hasOlder = ref(false)
  const hasNewer = ref(false)
  const loading = ref(false)
  /** Older history is being fetched from the archive. */
  const fetching = ref(false)
  /** Conversation of which no older history exists anywhere. */
  let whole: ConversationId | null = null
  /** The end is in sight, so new messages are shown as they arrive. */
  const atEnd = ref(true)
  /** Counter of openings: the position is restored each time, also if the conversation was open already. */
  const opened = ref(0)
  /** Rows are being added or removed at the start: the list keeps its position by counting from the end. */
  const prepending = ref(false)
  /** Message that was jumped to, with the matched ranges. */
  const target = ref<{ id: MessageId; ranges: Range[]; align: 'center' | 'start'; serial: number } | null>(null)
  /** Time in ms of the day that the day picker opens with; null while it is closed. */
  const choosingDay = ref<number | null>(null)
  /** Message at which reading was left; null: open at the end, or at the first unread message. */
  const leftAt = ref<MessageId | null>(null)
  /** Message whose details are shown. */
  const details = ref<Message | null>(null)
  /** Read position at the time the conversation was opened. */
  const readUpTo = ref(0)
  const kept = placeKeeper()
  let epoch = 0
  let reloading: number | null = null
  let reloadAfter = RELOAD_MS

  type Changes = Extract<AppEvent, { type: 'messages' }>
  /** Changes that arrived while a page was loading: the page may be older, so they are applied after it. */
  let late: Changes[] = []
  /** The conversation is only previewed beside a search hit: that does not count as using or reading it. */
  const peeking = ref(false)
  /** Conversation whose page is loading while another one is still shown. */
  let coming: ConversationId | null = null

  onEvent((event) => {
    if (event.type === 'notices' && event.conversation === conversation.value && !hasNewer.value) addNotices(event.notices)
    if (event.type !== 'messages') return
    if (event.conversation === coming || (loading.value && event.conversation === conversation.value)) late.push(event)
    else if (event.conversation === conversation.value) apply(event)
  })

  function apply(event: Changes): void {
    if (event.bulk) {
      // the user reads history: do not move the list
      if (!atEnd.value) hasNewer.value = true
      else if (!hasNewer.value) reloading ??= window.setTimeout(() => void reload(), reloadAfter)
      return
    }
    const last = messages.value.at(-1)?.id ?? 0
    // the user reads history: newer messages are not appended, but loaded on scrolling down
    if (!atEnd.value && messages.value.length >= MOST && event.changed.some(({ id }) => id > last)) hasNewer.value = true
    prepending.value = false
    messages.value = applyChanges(messages.value, event.changed, event.removed, !hasNewer.value)
    if (isLongAtEnd()) void keepEnd()
  }

  const isLongAtEnd = (): boolean => atEnd.value && !hasNewer.value && messages.value.length > KEPT + SPARE
  /** Drops older messages while the user is at the end. */
  async function keepEnd(): Promise<void> {
    const mine = epoch
    // one end at a time is changed in the list, as in extend()
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
  /** Keeps `count` messages at one end, and the notices among them. */
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

  /** Opens a conversation: at a message, otherwise at the first unread one, otherwise at its end. */
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
    // events are subscribed to before the page is read; the answer waits for the writer
    await Promise.all([call('conversations.watch', { conversation: id, peek: false }), show(id, at, false)])
  }

  /** Ends replies, edits and open dialogs of the conversation shown. */
  function leave(): void {
    kept.flush()
    writing.value = null
    choosingDay.value = null
    details.value = null
    whole = null
  }

  /** Previews a message among those around it, in one step: the current messages stay until the new ones are loaded. */
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
      // events are subscribed to before the page is read
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

  /** Turns a preview into an open conversation. */
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
    // its end is in sight, and new messages appear by themselves
    if (same && atEnd.value && !hasNewer.value) return
    opened.value++
    leftAt.value = same || (conversations.byId.get(id)?.unread ?? 0) > 0 ? null : placeOf(id)
    await load(leftAt.value !== null ? { kind: 'around', id: leftAt.value } : { kind: 'first-unread' })
  }

  /** Saves the reading position. */
  function keepPlace(top: MessageId | null): void {
    // after a jump, the position is not where the user was reading
    if (conversation.value === null || target.value !== null) return
    kept.keep(conversation.value, atEnd.value ? null : top)
  }

  function aim(id: MessageId, ranges: Range[], align: 'center' | 'start'): void {
    target.value = { id, ranges, align, serial: (target.value?.serial ?? 0) + 1 }
  }

  /** Removes the marks of the search hit. */
  function unmark(): void {
    if (target.value !== null && target.value.ranges.length > 0) target.value = { ...target.value, ranges: [] }
  }

  /** Shows the messages from a time (ms) on. */
  async function toTime(time: number): Promise<void> {
    choosingDay.value = null
    await load({ kind: 'time', time })
    const first = messages.value.find((message) => message.time >= time) ?? messages.value.at(-1)
    if (first !== undefined) aim(first.id, [], 'start')
  }

  async function close(): Promise<void> {
    kept.flush()
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
      // one end at a time is changed in the list: adding at one end and dropping at the other would leave its length unchanged
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

  /** Fetches older history from the archive, when the store has no more. */
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
      // the banner shows the state of the connection
      if (!(cause instanceof CallFailed)) throw cause
      return
    } finally {
      fetching.value = false
    }
    await extend('before')
  }

  /** Shows the first message after `readUpTo`. */
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

  const { writing, rewritten, rewrite, sent, send, sendFile } = useWriting(conversation, (message) => {
    if (!hasNewer.value) messages.value = applyChanges(messages.value, [message], [], true)
  })

  /** Newest own message that can be corrected, if it is loaded. */
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
