/** https://www.electronjs.org/docs/latest/api/native-theme */
import { EventEmitter } from 'node:events'
import { allContents, type WebContents } from './web-contents.ts'

type Source = 'system' | 'light' | 'dark'

class NativeTheme extends EventEmitter {
  #source: Source = 'system'

  get themeSource(): Source {
    return this.#source
  }
  set themeSource(source: Source) {
    if (source === this.#source) return
    this.#source = source
    for (const contents of allContents.values()) void this.applyTo(contents).catch(() => undefined)
    this.emit('updated')
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark'
  }

  /** For the host: applies the chosen colour scheme to the page. */
  async applyTo(contents: WebContents): Promise<void> {
    const value = this.#source === 'system' ? '' : this.#source
    await contents.command('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
  }
}

export const nativeTheme = new NativeTheme()
