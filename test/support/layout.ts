/** Layout faults of a window: text cut off, overflow, controls that are too small, wrapped, covered or off-centre. */
import type { Page } from 'playwright-core'

/** WCAG 2.2, 2.5.8: the smallest side of a control, CSS pixels. */
const LEAST_SIDE = 24

/** A line per fault of what is on screen, once nothing moves or fades there. */
export const layoutFaults = (page: Page): Promise<string[]> => page.evaluate(measure, LEAST_SIDE)

/** Runs in the page. */
async function measure(leastSide: number): Promise<string[]> {
  const frame = (): Promise<number> => new Promise(requestAnimationFrame)
  const isMoving = (one: Animation): boolean => one.playState === 'running' && one.effect?.getComputedTiming().iterations !== Infinity
  do {
    await frame()
    await frame()
  } while (document.getAnimations().some(isMoving))
  /** Tolerance for rounding, px. */
  const SLACK = 1.5
  const faults = new Set<string>()
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.closest('.sr-only, [inert], [aria-hidden=true]:not(.menu)') === null
  /** Text for screen readers only, also where a library hides it by inline styles. */
  const isHidden = (element: Element): boolean => {
    for (let around: Element | null = element; around !== null; around = around.parentElement) {
      const { width, height } = around.getBoundingClientRect()
      if (getComputedStyle(around).position === 'absolute' && width <= 1 && height <= 1) return true
    }
    return false
  }
  const named = (element: Element): string => {
    const test = element.closest('[data-test]')?.getAttribute('data-test') ?? ''
    const own = `${element.tagName.toLowerCase()}${[...element.classList].map((one) => `.${one}`).join('')}`
    return `${own}${test === '' ? '' : ` in ${test}`} “${(element.textContent ?? '').trim().slice(0, 40)}”`
  }
  const width = document.documentElement.clientWidth
  const cuts = (style: CSSStyleDeclaration): boolean => style.overflowX === 'hidden' || style.overflowX === 'clip'
  const scrolls = (style: CSSStyleDeclaration): boolean => style.overflowX === 'auto' || style.overflowX === 'scroll'
  const ends = (style: CSSStyleDeclaration): boolean => style.textOverflow === 'ellipsis' || style.getPropertyValue('-webkit-line-clamp') !== 'none'

  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    if (!isShown(element)) continue
    const style = getComputedStyle(element)
    // elements that may scroll sideways are marked
    if (scrolls(style) && element.scrollWidth > element.clientWidth + SLACK && !element.matches('pre, [data-sideways], textarea, input'))
      faults.add(`scrolls sideways: ${named(element)}`)
  }

  // text is visible in whole, or ends with an ellipsis
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const parent = node.parentElement
    if (
      parent === null ||
      (node.textContent ?? '').trim() === '' ||
      !isShown(parent) ||
      isHidden(parent) ||
      parent.closest('svg, option, script, style') !== null
    )
      continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0)
    if (boxes.length === 0) continue
    const left = Math.min(...boxes.map((box) => box.left))
    const right = Math.max(...boxes.map((box) => box.right))
    const bottom = Math.max(...boxes.map((box) => box.bottom))
    let ended = false
    let scrolled = false
    for (let around: HTMLElement | null = parent; around !== null && around !== document.body; around = around.parentElement) {
      const style = getComputedStyle(around)
      ended ||= ends(style)
      if (around.matches('[data-sideways], pre')) scrolled = true
      if (scrolls(style) || style.overflowY === 'auto') break
      if (!cuts(style) && style.overflowY !== 'hidden' && style.overflowY !== 'clip') continue
      const box = around.getBoundingClientRect()
      const slack = SLACK + (style.overflowX === 'clip' ? Number.parseFloat(style.getPropertyValue('overflow-clip-margin')) || 0 : 0)
      if (!ended && !scrolled && cuts(style) && (left < box.left - slack || right > box.right + slack)) faults.add(`text cut at the side: ${named(parent)}`)
      if (!ended && !scrolled && style.overflowY !== 'visible' && bottom > box.bottom + slack + 1) faults.add(`text cut below: ${named(parent)}`)
    }
    if (!ended && !scrolled && (left < -SLACK || right > width + SLACK)) faults.add(`text outside of the window: ${named(parent)}`)
  }

  const modal = document.querySelector('.dialog, [role=dialog][aria-modal=true]')
  const controls = [
    ...document.querySelectorAll<HTMLElement>(
      'button, [role=button], [role=menuitem], [role=option], [role=tab], [role=switch], input, select, summary, a[href]'
    )
  ].filter((one) => isShown(one) && one.getBoundingClientRect().width > 1 && getComputedStyle(one).pointerEvents !== 'none')
  const inText = (one: HTMLElement): boolean => getComputedStyle(one).display === 'inline'
  for (const control of controls) {
    // an input without a border of its own has the size of its frame
    const within = control.matches('input:not(.input)') ? (control.closest('label, [role=radiogroup], .search') ?? control) : control
    const box = within.getBoundingClientRect()
    const style = getComputedStyle(control)
    // bars of a histogram are as wide as their months are many (2.5.8, 'essential')
    if (!inText(control) && !control.matches('[data-test=month]') && (box.width < leastSide - 0.5 || box.height < leastSide - 0.5))
      faults.add(`smaller than ${leastSide}: ${named(control)} ${Math.round(box.width)}×${Math.round(box.height)}`)
    // labels of buttons do not wrap
    if (control.matches('.button, .chip, .tool, .segment, [role=tab]')) {
      const words = document.createTreeWalker(control, NodeFilter.SHOW_TEXT)
      const tops: number[] = []
      for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
        const range = document.createRange()
        range.selectNodeContents(node)
        tops.push(...[...range.getClientRects()].filter((one) => one.width > 0).map((one) => one.top))
      }
      const line = Number.parseFloat(style.lineHeight) || 20
      if (tops.length > 1 && Math.max(...tops) - Math.min(...tops) > line * 0.8) faults.add(`wrapped: ${named(control)}`)
    }
    // icons are centred
    const picture = control.querySelector(':scope > svg')
    if (control.matches('.icon-button, .round-button') && picture !== null && (control.textContent ?? '').trim() === '') {
      const drawn = picture.getBoundingClientRect()
      const [dx, dy] = [(drawn.left + drawn.right - box.left - box.right) / 2, (drawn.top + drawn.bottom - box.top - box.bottom) / 2]
      if (Math.abs(dx) > SLACK || Math.abs(dy) > SLACK) faults.add(`off its middle by ${dx.toFixed(1)}, ${dy.toFixed(1)}: ${named(control)}`)
    }
    // nothing covers the control
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
    if ((modal === null || modal.contains(control)) && x > 0 && y > 0 && x < width && y < innerHeight && control.matches(':enabled')) {
      const top = document.elementFromPoint(x, y)
      const scroller = (() => {
        for (let around = control.parentElement; around !== null; around = around.parentElement) {
          const { overflowY, overflowX } = getComputedStyle(around)
          if (overflowY === 'auto' || overflowY === 'scroll' || overflowX === 'auto' || overflowY === 'hidden' || overflowX === 'hidden') return around
        }
        return document.body
      })()
      const pane = scroller.getBoundingClientRect()
      const scrolledAway = y < pane.top || y > pane.bottom || x < pane.left || x > pane.right
      if (top !== null && !scrolledAway && !within.contains(top) && !top.contains(control) && top.closest('.menu, .dialog, [role=listbox]') === null)
        faults.add(`covered by ${named(top)}: ${named(control)}`)
    }
    if (box.right > width + SLACK && box.left < width && box.bottom > 0 && box.top < innerHeight) faults.add(`beyond the edge: ${named(control)}`)
  }
  return [...faults]
}
