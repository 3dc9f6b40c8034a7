/**
 * Keyboard focus in a message list: arrows move between messages, letters act on one. The focus survives rows that are added
 * or removed.
 */
import { computed, nextTick, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { Message } from '../../contract/domain.ts'
import { messagesOf, type Row } from '../components/messages/message-rows.ts'
import { keyAction, type MessageAction } from './message-actions.ts'
import type { ScrollAnchor } from './scroll-anchor.ts'

/** Step within a conversation. */
export type Move = 'previous' | 'next' | 'page-up' | 'page-down' | 'start' | 'end'

const MOVES: Partial<Record<string, Move>> = { ArrowUp: 'previous', ArrowDown: 'next', PageUp: 'page-up', PageDown: 'page-down', Home: 'start', End: 'end' }
/** Step for a key pressed without modifiers. */
export const moveOf = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): Move | null =>
  ctrlKey || metaKey || altKey || shiftKey ? null : (MOVES[key] ?? null)

export interface MessageFocusOptions {
  root: Readonly<Ref<HTMLElement | null>>
  rows: Readonly<Ref<readonly Row[]>>
  anchor: Pick<ScrollAnchor, 'reveal' | 'page' | 'latest' | 'byHand'>
  run(action: MessageAction, message: Message): void
  /** Opens the menu of a message beside its element. */
  openMenu(element: HTMLElement): void
  /** Returns the focus to the composer. */
  leave(): void
}

export interface MessageFocus {
  /** Key of the focused message, or null. */
  focused: Readonly<Ref<string | null>>
  /** Indices of rows that stay in the document while out of sight. */
  kept: ComputedRef<number[]>
  move(step: Move): Promise<void>
  /** Restores the focus after a menu closes. */
  again(): void
  onFocusIn(event: FocusEvent): void
  onFocusOut(event: FocusEvent): void
  onKeydown(event: KeyboardEvent): void
}

export function useMessageFocus({ root, rows, anchor, run, openMenu, leave }: MessageFocusOptions): MessageFocus {
  const focused = ref<string | null>(null)
  const order = computed(() => rows.value.flatMap((row, at) => messagesOf(row).map((message) => ({ message, at }))))
  const placeOf = (key: string | null): number => order.value.findIndex(({ message }) => message.key === key)
  const kept = computed(() => order.value.flatMap(({ message, at }) => (message.key === focused.value ? [at] : [])))
  const elementOf = (key: string): HTMLElement | null => root.value?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null

  async function focus(place: number): Promise<void> {
    const one = order.value[place]
    if (one === undefined) return
    focused.value = one.message.key
    anchor.reveal(one.at)
    // the list first renders the row that it has to keep, then the row its content
    for (let i = 0; i < 3 && elementOf(one.message.key) === null; i++) await nextTick()
    elementOf(one.message.key)?.focus({ preventScroll: true })
  }

  /** Index of the last message that is wholly in sight. */
  function lastInSight(): number {
    const bottom = root.value?.getBoundingClientRect().bottom ?? 0
    const inSight = order.value.findLastIndex(({ message }) => (elementOf(message.key)?.getBoundingClientRect().bottom ?? Infinity) <= bottom)
    return inSight < 0 ? order.value.length - 1 : inSight
  }

  async function move(step: Move): Promise<void> {
    const place = placeOf(focused.value)
    const isFocused = place >= 0 && document.activeElement === elementOf(focused.value ?? '')
    switch (step) {
      case 'previous':
        return focus(isFocused ? Math.max(0, place - 1) : lastInSight())
      case 'next':
        if (isFocused && place === order.value.length - 1) return leave()
        return focus(isFocused ? place + 1 : lastInSight())
      case 'page-up':
      case 'page-down':
        anchor.page(step === 'page-up' ? -1 : 1)
        if (!isFocused) return
        await new Promise((resolve) => requestAnimationFrame(resolve))
        return focus(lastInSight())
      case 'start':
        anchor.byHand()
        if (isFocused) return focus(0)
        return anchor.reveal(0)
      case 'end':
        await anchor.latest()
        if (isFocused) await focus(order.value.length - 1)
    }
  }

  // rows are recreated when history is added before them
  watch(
    rows,
    async () => {
      const key = focused.value
      if (key === null || document.activeElement !== document.body) return
      await nextTick()
      if (focused.value === key && document.activeElement === document.body) elementOf(key)?.focus({ preventScroll: true })
    },
    { flush: 'post' }
  )

  function again(): void {
    if (focused.value !== null) elementOf(focused.value)?.focus({ preventScroll: true })
  }

  return {
    focused,
    kept,
    move,
    again,
    onFocusIn({ target }) {
      const key = target instanceof HTMLElement ? target.dataset['key'] : undefined
      if (key === undefined) return
      if ((target as HTMLElement).matches(':focus-visible')) focused.value = key
      // a click leads elsewhere
      else if (key !== focused.value) focused.value = null
    },
    onFocusOut({ relatedTarget }) {
      // null: the window lost the focus, or the row was recreated
      if (relatedTarget instanceof Element && !(root.value?.contains(relatedTarget) ?? false) && relatedTarget.closest('.menu, .dialog') === null)
        focused.value = null
    },
    onKeydown(event) {
      const { target } = event
      if (event.isComposing || event.defaultPrevented || !(target instanceof HTMLElement)) return
      const row = target.dataset['key'] === undefined ? null : order.value.find(({ message }) => message.key === target.dataset['key'])
      const step = moveOf(event)
      // within a message, keys belong to its buttons; on the list itself, arrows reach the messages
      if (row === undefined || (row === null && !target.matches('.scroller'))) return
      if (step !== null) {
        event.preventDefault()
        if (row !== null) focused.value = row.message.key
        void move(step)
        return
      }
      if (row === null) return
      if (event.key === 'Escape') {
        event.preventDefault()
        event.stopPropagation()
        return leave()
      }
      const action = keyAction(event)
      if (action === null || (action === 'copy' && (getSelection()?.toString() ?? '') !== '')) return
      // after a click, letters belong to the text that is written next
      if (focused.value !== row.message.key && action !== 'menu' && action !== 'copy') return
      event.preventDefault()
      focused.value = row.message.key
      if (action === 'menu') openMenu(target)
      else run(action, row.message)
    }
  }
}
