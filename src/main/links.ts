/** `xmpp:` links (RFC 5122) handed to the app: on the command line, by a second instance, or by macOS. */
import type { App } from 'electron'

const isLink = (text: string): boolean => /^xmpp:/i.test(text)

export interface LinkTarget {
  /** Shows what the link names. */
  link(uri: string): void
  /** A second instance was started without a link. */
  again(): void
}

/** Holds what comes before there is a window, and hands on the rest. */
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

  /** The links held so far and those of this process's command line go to `target`, and all later ones. */
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
