/** Common set-up of end-to-end tests: a server, Bob as an engine, and Alice, who has the app. */
import { afterAll, beforeAll } from 'vitest'
import type { Page } from 'playwright-core'
import type { Engine } from '../../src/engine/engine.ts'
import type { RunningApp } from '../../tools/start/drive.ts'
import { online, openEngine, startServer, testFolder, type ServerOptions, type TestServer } from './server.ts'
import { openApp, signIn } from './windows.ts'

export class Story {
  readonly #alices = testFolder()
  readonly #bobs = testFolder()
  #server: TestServer | null = null
  #bob: Engine | null = null
  #app: RunningApp | null = null

  /** Must be created at the top of a file: everything ends with the file. */
  constructor(options: ServerOptions = {}) {
    beforeAll(async () => {
      this.#server = await startServer(options)
      this.#bob = await openEngine(this.#bobs.path)
      await this.#bob.signIn(this.server.settings('bob'))
      await online(this.#bob)
    })
    afterAll(async () => {
      await this.#app?.kill()
      await this.#bob?.close()
      await this.#server?.stop()
      for (const folder of [this.#alices, this.#bobs]) folder.remove()
    })
  }

  get server(): TestServer {
    if (this.#server === null) throw new Error('the server is not started')
    return this.#server
  }
  get bob(): Engine {
    if (this.#bob === null) throw new Error('Bob is not signed in')
    return this.#bob
  }
  get app(): RunningApp {
    if (this.#app === null) throw new Error('the app is not open')
    return this.#app
  }
  /** Folder of Alice's profile. */
  get profile(): string {
    return this.#alices.path
  }
  /** Folder for a test's own files. */
  get folder(): string {
    return this.#bobs.path
  }

  /** Opens the app in Chinese and signs Alice in; returns its main window. `args`: additional command-line arguments. */
  async open(args: string[] = [], env: Record<string, string> = {}): Promise<Page> {
    this.#app = await openApp({ profile: this.#alices.path, args, env: { LANG: 'zh_CN.UTF-8', ...env } })
    const main = await this.#app.window('main')
    await signIn(main, this.server, 'alice')
    return main
  }
}
