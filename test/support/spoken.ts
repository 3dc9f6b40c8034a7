/** Words of a screen reader: the name, role and state of each element that gets the focus, and the texts of live regions, in order. */
import type { CDPSession, Page } from 'playwright-core'

interface AxValue {
  value?: unknown
}
interface AxNode {
  ignored: boolean
  role?: AxValue
  name?: AxValue
  description?: AxValue
  value?: AxValue
  properties?: { name: string; value: AxValue }[]
}

/** States that change what is said. */
const STATES: Record<string, (value: unknown) => string | null> = {
  expanded: (value) => (value === true ? 'expanded' : 'collapsed'),
  pressed: (value) => (value === 'true' ? 'pressed' : 'not pressed'),
  checked: (value) => (value === 'true' ? 'checked' : 'not checked'),
  selected: (value) => (value === true ? 'selected' : null),
  disabled: (value) => (value === true ? 'unavailable' : null),
  hasPopup: (value) => (value === 'false' ? null : `opens a ${String(value)}`)
}

export class Listener {
  readonly #page: Page
  readonly #client: CDPSession
  readonly lines: string[] = []

  private constructor(page: Page, client: CDPSession) {
    this.#page = page
    this.#client = client
  }

  static async start(page: Page): Promise<Listener> {
    const client = await page.context().newCDPSession(page)
    await client.send('Accessibility.enable')
    await page.evaluate(() => {
      const heard: string[] = []
      ;(window as unknown as { heard: string[] }).heard = heard
      const regionOf = (node: Node): Element | null =>
        (node instanceof Element ? node : node.parentElement)?.closest('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]') ?? null
      new MutationObserver((changes) => {
        const spoken = new Set<string>()
        for (const { target, addedNodes, type } of changes) {
          const region = regionOf(target)
          const added = [...addedNodes].filter((node) => (node.textContent ?? '').trim() !== '')
          if (region !== null) {
            if (region.getAttribute('role') === 'log') for (const node of added) spoken.add((node.textContent ?? '').trim())
            else if (type === 'characterData' || added.length > 0) spoken.add((region.textContent ?? '').trim())
          } else {
            // an alert speaks as it appears
            for (const node of added)
              if (node instanceof Element)
                for (const alert of node.matches('[role=alert]') ? [node] : node.querySelectorAll('[role=alert]')) spoken.add((alert.textContent ?? '').trim())
          }
        }
        heard.push(...[...spoken].filter((text) => text !== ''))
      }).observe(document.body, { subtree: true, childList: true, characterData: true })
    })
    return new Listener(page, client)
  }

  /** Adds what live regions have said since the last call. */
  async listen(): Promise<void> {
    const heard = await this.#page.evaluate(() => (window as unknown as { heard: string[] }).heard.splice(0))
    for (const text of heard) this.lines.push(`   » ${text.replace(/\s+/g, ' ')}`)
  }

  /** Name of the focused element; `about` names the step. */
  async focused(about: string): Promise<string> {
    await this.listen()
    const { result } = await this.#client.send('Runtime.evaluate', {
      expression: `(() => {
        const one = document.activeElement
        const active = one?.getAttribute('aria-activedescendant')
        return (active ? document.getElementById(active) : null) ?? one
      })()`
    })
    const { nodes } = (await this.#client.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId ?? '',
      fetchRelatives: false
    })) as unknown as { nodes: AxNode[] }
    const node = nodes[0]
    const text = (value: AxValue | undefined): string => (typeof value?.value === 'string' || typeof value?.value === 'number' ? String(value.value) : '')
    const states = (node?.properties ?? []).flatMap(({ name, value }) => STATES[name]?.(value.value) ?? [])
    const line = [text(node?.name), text(node?.role), ...states, text(node?.value), text(node?.description)]
      .filter((part) => part !== '')
      .join(', ')
      .replace(/[\u2066-\u2069]/g, '')
      .replace(/\s+/g, ' ')
    this.lines.push(`${about}: ${text(node?.name) === '' ? '(no name) ' : ''}${line}`)
    return line
  }
}
