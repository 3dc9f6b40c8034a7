/** The message under the pointer or with keyboard focus; only it shows the action bar. */
import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue'

interface Hot {
  key: Readonly<Ref<string | null>>
  /** Keeps a message hot while a menu of its bar is open; null releases it. */
  hold(key: string | null): void
}
const HOT: InjectionKey<Hot> = Symbol('hot message')

/** `focused`: key of the message with keyboard focus. */
export function provideHotMessage(focused: Readonly<Ref<string | null>>): { hover(event: PointerEvent): void; leave(): void } {
  const hovered = ref<string | null>(null)
  const held = ref<string | null>(null)
  provide(HOT, { key: computed(() => held.value ?? hovered.value ?? focused.value), hold: (key) => (held.value = key) })
  return {
    hover(event) {
      // the list moved below a resting pointer: the user did not point at anything
      if (event.movementX === 0 && event.movementY === 0) return
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]') : null
      hovered.value = row?.dataset['key'] ?? null
    },
    leave: () => (hovered.value = null)
  }
}

export function useHotMessage(key: () => string): { isHot: ComputedRef<boolean>; hold(on: boolean): void } {
  const hot = inject(HOT, null)
  return { isHot: computed(() => hot?.key.value === key()), hold: (on) => hot?.hold(on ? key() : null) }
}
