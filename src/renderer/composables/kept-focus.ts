/** Focus of a control that is disabled while its work is under way: it returns with the control, unless it has moved on. */
export function keepFocus(page: Document = document): () => void {
  let last: Element | null = null
  let lost: HTMLElement | null = null
  const onFocusIn = ({ target }: FocusEvent): void => {
    last = target instanceof Element ? target : null
    lost = null
  }
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement)) continue
      const isOff = target.hasAttribute('disabled')
      if (isOff && target === last) lost = target
      else if (!isOff && target === lost) {
        lost = null
        if (page.activeElement === page.body) target.focus({ preventScroll: true })
      }
    }
  })
  page.addEventListener('focusin', onFocusIn)
  observer.observe(page, { subtree: true, attributes: true, attributeFilter: ['disabled'] })
  return () => {
    page.removeEventListener('focusin', onFocusIn)
    observer.disconnect()
  }
}
