import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { computed, effectScope, nextTick, reactive, type EffectScope } from 'vue'
import type { Message, MessageId } from '../../contract/domain.ts'
import { toRows } from '../components/messages/message-rows.ts'
import { useScrollAnchor, type AnchoredThread, type ScrollAnchor, type ScrolledList } from './scroll-anchor.ts'

const ROW = 50
const message = (id: number): Message =>
  ({
    id,
    key: `k${id}`,
    sender: 'bob@example.org',
    outgoing: false,
    time: 1_700_000_000_000 + id,
    text: String(id),
    reply: null,
    reactions: [],
    attachments: []
  }) as unknown as Message
const messages = (from: number, to: number): Message[] => Array.from({ length: to - from + 1 }, (_, i) => message(from + i))

/** List of rows of equal height in a viewport of ten rows. */
class Rows implements ScrolledList {
  scrollOffset = 0
  readonly viewportSize = 10 * ROW
  readonly #count: () => number
  constructor(count: () => number) {
    this.#count = count
  }
  get scrollSize(): number {
    return this.#count() * ROW
  }
  findItemIndex = (offset: number): number => Math.floor(offset / ROW)
  scrollToIndex(index: number, { align }: { align: string }): void {
    const top = index * ROW
    if (align === 'nearest' && top >= this.scrollOffset && top + ROW <= this.scrollOffset + this.viewportSize) return
    const at =
      align === 'start' || (align === 'nearest' && top < this.scrollOffset)
        ? top
        : align === 'center'
          ? top - (this.viewportSize - ROW) / 2
          : top + ROW - this.viewportSize
    this.scrollOffset = Math.max(0, Math.min(at, this.scrollSize - this.viewportSize))
  }
  scrollBy(offset: number): void {
    this.scrollOffset = Math.max(0, Math.min(this.scrollOffset + offset, this.scrollSize - this.viewportSize))
  }
}

let scope: EffectScope
let now = 0
beforeEach(() => {
  now = 10_000
  scope = effectScope()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => {
  scope.stop()
  vi.restoreAllMocks()
})

interface Scene {
  list: Rows
  anchor: ScrollAnchor
  thread: AnchoredThread & { messages: Message[]; target: { id: MessageId; align: 'center' | 'start'; serial: number } | null; hasNewer: boolean; sent: number }
  /** Number of times the end was reported in sight. */
  ends: () => number
  /** First and last message last reported in sight. */
  shown: () => number[]
  asked: string[]
  /** Called at the start of a frame. */
  onFrame: (() => void) | undefined
  settled(): Promise<void>
}

async function scene(change: Partial<Scene['thread']> = {}, readUpTo = 0): Promise<Scene> {
  const asked: string[] = []
  let ended = 0
  let shown: number[] = []
  const thread: Scene['thread'] = reactive({
    conversation: 1,
    messages: messages(1, 100),
    loading: false,
    hasNewer: false,
    opened: 0,
    sent: 0,
    leftAt: null,
    target: null,
    atEnd: true,
    extend: (direction: string) => asked.push(direction),
    toNewest: () => {
      asked.push('newest')
      return Promise.resolve()
    },
    keepPlace: () => undefined,
    ...change
  }) as Scene['thread']
  const rows = computed(() => toRows(thread.messages, readUpTo))
  const list = new Rows(() => rows.value.length)
  const frame = (): Promise<void> => Promise.resolve(all.onFrame?.())
  const anchor = scope.run(() =>
    useScrollAnchor({ list: () => list, rows, thread, onEnd: () => ended++, onShown: (first, last) => (shown = [first, last]), frame })
  )!
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await nextTick()
  }
  const all: Scene = { list, anchor, thread, ends: () => ended, shown: () => shown, asked, onFrame: undefined, settled }
  await settled()
  return all
}
const isAtEnd = (list: Rows): boolean => list.scrollOffset + list.viewportSize === list.scrollSize

test('a conversation opens at its end, and stays there while messages come in', async () => {
  const { list, thread, ends, settled } = await scene()
  expect(isAtEnd(list)).toBe(true)
  thread.messages = messages(1, 105)
  await settled()
  expect(isAtEnd(list)).toBe(true)
  expect(ends()).toBeGreaterThan(0)
})

test('a conversation with unread messages opens at the line above them, one that was left further up at that position', async () => {
  const unread = await scene({}, 40)
  // a date, forty messages, the line of unread messages
  expect(unread.list.scrollOffset).toBe(41 * ROW)
  const left = await scene({ leftAt: 20 as MessageId })
  expect(left.list.scrollOffset).toBe(20 * ROW)
  expect(left.thread.atEnd).toBe(false)
})

test('after scrolling up, the position stays while messages arrive, and sending goes to the end', async () => {
  const { list, anchor, thread, settled } = await scene()
  anchor.byHand()
  list.scrollBy(-1000)
  anchor.onScroll()
  const place = list.scrollOffset
  thread.messages = messages(1, 105)
  await settled()
  expect(list.scrollOffset).toBe(place)
  now += 5000
  thread.sent++
  await settled()
  expect(isAtEnd(list)).toBe(true)
})

test('manual scrolling takes precedence over scrolling to the end', async () => {
  const opened = await scene()
  const { list, anchor, thread, settled } = opened
  opened.onFrame = () => {
    opened.onFrame = undefined
    now += 5
    anchor.byHand()
    list.scrollBy(-200)
  }
  thread.messages = messages(1, 105)
  await settled()
  expect(opened.onFrame).toBe(undefined)
  expect(list.scrollOffset).toBe(list.scrollSize - list.viewportSize - 200)
})

test('a list that moves by itself at its end is put back, one that was scrolled by hand is not', async () => {
  const { list, anchor } = await scene()
  list.scrollBy(-300)
  anchor.onScroll()
  expect(isAtEnd(list)).toBe(true)
  anchor.byHand()
  list.scrollBy(-300)
  anchor.onScroll()
  expect(isAtEnd(list)).toBe(false)
})

test('a jump centres and highlights a message, and puts a day at the top below its date', async () => {
  const { list, anchor, thread, settled, shown } = await scene()
  expect(shown()).toEqual([91, 100])
  thread.target = { id: 50 as MessageId, align: 'center', serial: 1 }
  await settled()
  expect(list.scrollOffset).toBe(50 * ROW - (list.viewportSize - ROW) / 2)
  expect(anchor.flashing.value).toBe(50)
  expect(shown()).toEqual([45, 55])
  thread.target = { id: 1 as MessageId, align: 'start', serial: 2 }
  await settled()
  expect(list.scrollOffset).toBe(0)
  expect(anchor.flashing.value).toBe(null)
})

test('near an edge more history is loaded; pages keep a line in sight; a hidden row is scrolled into view', async () => {
  const { list, anchor, asked } = await scene({ hasNewer: true })
  asked.length = 0
  anchor.byHand()
  list.scrollOffset = 100
  anchor.onScroll()
  expect(asked).toEqual(['before'])
  anchor.page(1)
  expect(list.scrollOffset).toBe(100 + list.viewportSize - 40)
  anchor.page(-1)
  expect(list.scrollOffset).toBe(100)
  anchor.reveal(5)
  expect(list.scrollOffset).toBe(100)
  anchor.reveal(30)
  expect(list.scrollOffset).toBe(31 * ROW - list.viewportSize)
})
