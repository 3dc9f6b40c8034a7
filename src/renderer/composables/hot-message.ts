/** The message that the pointer or the keyboard is at: it alone shows the bar of what can be done with it. */
import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue'

interface Hot {
  key: Readonly<Ref<string | null>>
  /** Stays with a message while something of its bar is open; null: lets go. */
  hold(key: string | null): void
}
const HOT: InjectionKey<Hot> = Symbol('hot message')

/** `focused`: the message that has the keyboard's focus, by key. */
export function provideHotMessage(focused: Readonly<Ref<string | null>>): { hover(event: PointerEvent): void; leave(): void } {
  const hovered = ref<string | null>(null)
  const held = ref<string | null>(null)
  provide(HOT, { key: computed(() => held.value ?? hovered.value ?? focused.value), hold: (key) => (held.value = key) })
  return {
    hover(event) {
      // a list that moves below a pointer that rests is no wish of the hand
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
