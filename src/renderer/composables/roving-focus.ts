/** Keyboard focus in a virtual list: Tab reaches one row, arrow keys move between rows, whether they are rendered or not. */
import type { VListHandle } from 'virtua/vue'
import { computed, nextTick, ref, type ComputedRef, type Ref } from 'vue'
import { stepTo } from './list-step.ts'

export interface RovingFocus {
  /** Index of the row that Tab reaches. */
  stop: ComputedRef<number>
  /** Indices that stay in the document while out of sight. */
  kept: ComputedRef<number[]>
  /** Handles a key pressed in the list, on the rows marked with `data-row`. */
  onKeydown(event: KeyboardEvent): void
  onFocusIn(event: FocusEvent): void
  focus(index: number): Promise<void>
}

export interface RovingFocusOptions {
  list: Readonly<Ref<VListHandle | null>>
  root: Readonly<Ref<HTMLElement | null>>
  /** Keys of the rows, in order. */
  keys: () => readonly string[]
  /** Key of the row that Tab reaches first, such as the selected one. */
  preferred: () => string | null
}

export function useRovingFocus({ list, root, keys, preferred }: RovingFocusOptions): RovingFocus {
  /** Row that last had the focus. */
  const last = ref<string | null>(null)
  const stop = computed(() => {
    const all = keys()
    const at = [last.value, preferred()].map((key) => (key === null ? -1 : all.indexOf(key))).find((index) => index >= 0)
    return at ?? 0
  })
  const elementOf = (key: string | undefined): HTMLElement | null =>
    key === undefined ? null : (root.value?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`) ?? null)

  async function focus(index: number): Promise<void> {
    const key = keys()[index]
    if (key === undefined) return
    last.value = key
    list.value?.scrollToIndex(index, { align: 'nearest' })
    // the list first renders the row that it has to keep
    for (let i = 0; i < 3 && elementOf(key) === null; i++) await nextTick()
    elementOf(key)?.focus({ preventScroll: true })
  }

  return {
    stop,
    kept: computed(() => [stop.value]),
    focus,
    onFocusIn({ target }) {
      const key = target instanceof HTMLElement ? target.dataset['row'] : undefined
      if (key !== undefined) last.value = key
    },
    onKeydown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented || !(event.target instanceof HTMLElement)) return
      const key = event.target.dataset['row']
      const to = key === undefined ? null : stepTo(event.key, keys().indexOf(key), keys().length)
      if (to === null) return
      event.preventDefault()
      void focus(to)
    }
  }
}
