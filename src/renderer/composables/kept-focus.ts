/**
 * Keyboard focus that survives: a control that is disabled while its work is under way, one that its own work removes, and a dialog opened from a
 * menu that is gone.
 */

/** Elements remembered, the latest last. */
const MOST = 100
let trail: HTMLElement[] = []

/** Parts of a window in which the focus stays when a control in them is gone, the innermost first. */
const PARTS = '[data-part], article, form, section, aside, .dialog'
const CONTROLS = 'button:not(:disabled), input:not(:disabled), a[href], select, textarea, summary'
/** Rows of virtual lists and menus have focus of their own. */
const OWN_FOCUS = '[data-key], [data-row], .menu'

/** Focuses a control near one that was removed: in the innermost part of the window that is still there. */
function neighbour(parts: readonly HTMLElement[]): boolean {
  for (const part of parts)
    for (const control of part.isConnected ? part.querySelectorAll<HTMLElement>(CONTROLS) : []) {
      if (!control.checkVisibility({ checkVisibilityCSS: true })) continue
      control.focus({ preventScroll: true })
      if (document.activeElement === control) return true
    }
  return false
}

/** Follows the focus in this page. */
export function keepFocus(): void {
  let lost: HTMLElement | null = null
  document.addEventListener('focusin', ({ target }) => {
    lost = null
    if (!(target instanceof HTMLElement)) return
    trail = [...trail.filter((one) => one !== target && isKept(one)), target].slice(-MOST)
  })
  let byKeyboard = false
  for (const type of ['keydown', 'pointerdown']) document.addEventListener(type, () => (byKeyboard = type === 'keydown'), true)
  // Chromium reports the loss before the element leaves
  document.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (!byKeyboard || relatedTarget !== null || !(target instanceof HTMLElement) || target.closest(OWN_FOCUS) !== null) return
    const parts: HTMLElement[] = []
    for (let part = target.parentElement?.closest<HTMLElement>(PARTS); part; part = part.parentElement?.closest<HTMLElement>(PARTS)) parts.push(part)
    setTimeout(() => !target.isConnected && document.activeElement === document.body && (neighbour(parts) || returnFocus()))
  })
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement)) continue
      const isOff = target.hasAttribute('disabled')
      if (isOff && target === trail.at(-1)) lost = target
      else if (!isOff && target === lost) {
        lost = null
        if (document.activeElement === document.body) target.focus({ preventScroll: true })
      }
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['disabled'] })
}

/** Whether an element is in the page, or a row of a list, which may come back. */
const isKept = ({ isConnected, dataset }: HTMLElement): boolean => isConnected || dataset['key'] !== undefined || dataset['row'] !== undefined

/** The element itself, or the one that took its place in a virtual list. */
function living(element: HTMLElement): HTMLElement | null {
  if (element.isConnected) return element
  for (const name of ['key', 'row']) {
    const value = element.dataset[name]
    if (value !== undefined) return document.querySelector<HTMLElement>(`[data-${name}="${CSS.escape(value)}"]`)
  }
  return null
}

/** Focuses the element that had the focus last and still can take it. Returns whether there is one. */
export function returnFocus(): boolean {
  for (const element of trail.toReversed()) {
    living(element)?.focus({ preventScroll: true })
    if (document.activeElement !== document.body) return true
  }
  return false
}
