/** `xmpp:` links (RFC 5122) passed to the app: on the command line, by a second instance, or by macOS. */
import type { App } from 'electron'

const isLink = (text: string): boolean => /^xmpp:/i.test(text)

export interface LinkTarget {
  /** Opens the link's target. */
  link(uri: string): void
  /** Called when a second instance was started without a link. */
  again(): void
}

/** Queue of links that arrive before there is a window; later ones are delivered at once. */
export class LinkInbox {
  readonly #early: string[] = []
  #target: LinkTarget | null = null

  constructor(app: App) {
    app.on('open-url', (event, uri) => {
      event.preventDefault()
      this.#take([uri])
    })
    app.on('second-instance', (_event, argv) => this.#take(argv))
  }

  /** Delivers the links queued so far, those of this process's command line, and all later ones. */
  deliverTo(target: LinkTarget): void {
    this.#target = target
    for (const link of [...process.argv.filter(isLink), ...this.#early.splice(0)]) target.link(link)
  }

  #take(args: readonly string[]): void {
    const found = args.filter(isLink)
    if (this.#target === null) this.#early.push(...found)
    else if (found.length === 0) this.#target.again()
    else for (const link of found) this.#target.link(link)
  }
}
