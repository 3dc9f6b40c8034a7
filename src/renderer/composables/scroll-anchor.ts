/**
 * Scroll position of a message list: stays at the end while messages arrive, goes to a message that is jumped to, and yields
 * to manual scrolling.
 */
import { nextTick, ref, watch, type Ref } from 'vue'
import type { Message, MessageId } from '../../contract/domain.ts'
import { messagesOf, type Row } from '../components/messages/message-rows.ts'

/** Distance to the end that counts as being at it, in pixels. */
const AT_END = 60
/** Distance to an edge at which more history is loaded, in pixels. */
const AHEAD = 900
/** Time that scrolling lasts after a wheel, key or touch event, ms. */
const BY_HAND_MS = 1000

type Align = 'center' | 'end' | 'start' | 'nearest'

/** The parts of the virtual list used here; sizes in pixels. */
export interface ScrolledList {
  readonly scrollOffset: number
  readonly scrollSize: number
  readonly viewportSize: number
  findItemIndex(offset: number): number
  scrollToIndex(index: number, options: { align: Align; smooth?: boolean }): void
  scrollBy(offset: number): void
}

/** The parts of the thread store used here. */
export interface AnchoredThread {
  readonly conversation: number | null
  readonly messages: readonly Message[]
  readonly loading: boolean
  readonly hasNewer: boolean
  readonly opened: number
  readonly sent: number
  readonly leftAt: MessageId | null
  readonly target: { id: MessageId; align: 'center' | 'start'; serial: number } | null
  atEnd: boolean
  extend(direction: 'before' | 'after'): unknown
  toNewest(): Promise<void>
  keepPlace(top: MessageId | null): void
}

export interface ScrollAnchorOptions {
  list: () => ScrolledList | null
  rows: Readonly<Ref<readonly Row[]>>
  thread: AnchoredThread
  /** Called when the end is in sight. */
  onEnd(): void
  /** Called with the first and last message in sight. */
  onShown(first: MessageId, last: MessageId): void
  /** Resolves at the start of the next frame. */
  frame(): Promise<unknown>
}

export interface ScrollAnchor {
  /** Message that was jumped to, highlighted briefly. */
  flashing: Readonly<Ref<MessageId | null>>
  /** Time of the topmost message in ms; null if there is none. */
  dayAbove: Readonly<Ref<number | null>>
  /** The user is scrolling manually. */
  scrolling: Readonly<Ref<boolean>>
  onScroll(): void
  /** Called when a wheel, key or touch event moves the list. */
  byHand(): void
  toEnd(): void
  latest(): Promise<void>
  /** Scrolls by a number of viewport pages; negative is up. */
  page(by: number): void
  /** Scrolls a row into view if it is not. */
  reveal(index: number): void
}

export function useScrollAnchor({ list, rows, thread, onEnd, onShown, frame }: ScrollAnchorOptions): ScrollAnchor {
  const flashing = ref<MessageId | null>(null)
  const dayAbove = ref<number | null>(null)
  const scrolling = ref(false)
  let still: ReturnType<typeof setTimeout> | undefined
  let settling = false
  /** Time of the last manual scroll. */
  let scrolled = -Infinity
  /** The conversation has just been opened and its position is still to be restored. */
  let opening = true

  /** The list was sent to a row and keeps scrolling there while rows on the way are measured. */
  let sent = false

  function toEnd(): void {
    sent = true
    list()?.scrollToIndex(rows.value.length - 1, { align: 'end' })
  }
  const rowOf = (id: MessageId): number => rows.value.findIndex((row) => messagesOf(row).some((message) => message.id === id))

  /** Scrolls to a row; sizes are measured as rows appear, so it is repeated when they are known. */
  async function place(index: number, align: 'center' | 'end' | 'start'): Promise<void> {
    settling = true
    thread.atEnd = align === 'end'
    const begun = performance.now()
    await nextTick()
    // manual scrolling in the meantime takes precedence
    for (let i = 0; i < 3 && scrolled < begun; i++) {
      sent = true
      list()?.scrollToIndex(index, { align })
      await frame()
    }
    settling = false
    onScroll()
  }

  function onScroll(): void {
    const handle = list()
    if (handle === null || settling) return
    const below = handle.scrollSize - handle.scrollOffset - handle.viewportSize
    // the list moved because messages arrived, not because the user scrolled: it stays at its end
    if (thread.atEnd && below >= AT_END && !thread.hasNewer && performance.now() - scrolled > BY_HAND_MS) {
      toEnd()
      return
    }
    thread.atEnd = below < AT_END && !thread.hasNewer
    if (handle.scrollOffset < AHEAD) void thread.extend('before')
    if (below < AHEAD) void thread.extend('after')
    if (thread.atEnd) onEnd()
    showDay(handle)
  }

  function showDay(handle: ScrolledList): void {
    const at = handle.findItemIndex(handle.scrollOffset)
    const top = rows.value[at]
    dayAbove.value = (top === undefined ? undefined : messagesOf(top)[0]?.time) ?? null
    scrolling.value = performance.now() - scrolled < BY_HAND_MS
    clearTimeout(still)
    still = setTimeout(() => (scrolling.value = false), BY_HAND_MS)
    const shown = rows.value.slice(at, handle.findItemIndex(handle.scrollOffset + handle.viewportSize - 1) + 1).flatMap(messagesOf)
    const [first, last] = [shown[0], shown.at(-1)]
    if (first !== undefined && last !== undefined) onShown(first.id, last.id)
    thread.keepPlace(rows.value.slice(at, at + 3).flatMap(messagesOf)[0]?.id ?? null)
  }

  async function latest(): Promise<void> {
    await thread.toNewest()
    await place(rows.value.length - 1, 'end')
  }

  watch(
    () => [thread.conversation, thread.loading, thread.messages.length === 0] as const,
    async ([, loading, empty]) => {
      if (loading || empty || !opening) return
      opening = false
      if (thread.target !== null) return
      const unread = rows.value.findIndex((row) => row.kind === 'unread')
      const left = thread.leftAt === null ? -1 : rowOf(thread.leftAt)
      if (left >= 0) return place(left, 'start')
      await place(unread >= 0 ? unread : rows.value.length - 1, unread >= 0 ? 'start' : 'end')
    },
    { immediate: true, flush: 'post' }
  )
  watch(
    () => [thread.conversation, thread.opened],
    () => {
      opening = true
      thread.atEnd = true
    }
  )
  watch(
    () => thread.target?.serial,
    async () => {
      const { target } = thread
      if (target === null) return
      const index = rowOf(target.id)
      if (index < 0) return
      // the date row stands above its first message
      if (target.align === 'start') await place(rows.value[index - 1]?.kind === 'date' ? index - 1 : index, 'start')
      else await place(index, 'center')
      flashing.value = target.align === 'center' ? target.id : null
    },
    { immediate: true, flush: 'post' }
  )
  watch(
    // also when a row further up grows, as by a reaction
    () => thread.messages,
    async () => {
      if (settling || thread.hasNewer || !thread.atEnd) return
      const begun = performance.now()
      await nextTick()
      toEnd()
      await frame()
      // manual scrolling in the meantime takes precedence
      if (settling || thread.hasNewer || !thread.atEnd || scrolled >= begun) return
      toEnd()
      onEnd()
    },
    { flush: 'post' }
  )
  watch(
    () => thread.sent,
    () => {
      if (!thread.atEnd || thread.hasNewer) void latest()
    }
  )

  function byHand(): void {
    scrolled = performance.now()
    const handle = list()
    if (!sent || handle === null) return
    sent = false
    // a new target ends the scroll to the old one; virtua 0.54 ignores a row that is wholly in sight, and may scroll back once
    // more
    handle.scrollToIndex(handle.findItemIndex(handle.scrollOffset + handle.viewportSize / 2), { align: 'nearest', smooth: true })
  }
  return {
    flashing,
    dayAbove,
    scrolling,
    onScroll,
    byHand,
    toEnd,
    latest,
    page(by) {
      const handle = list()
      byHand()
      // keeps a line of the previous page in sight
      handle?.scrollBy(by * Math.max(handle.viewportSize - 40, handle.viewportSize / 2))
    },
    reveal(index) {
      byHand()
      list()?.scrollToIndex(index, { align: 'nearest' })
    }
  }
}
