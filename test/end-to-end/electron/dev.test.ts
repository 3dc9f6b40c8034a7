/** npm run dev, on a copy of the sources that the test may modify. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { sharedHost } from '../../support/desktop.ts'
import { ROOT } from '../../support/files.ts'
import { testFolder } from '../../support/server.ts'

/** Paths of a checkout that dev reads; node_modules is the checkout's own. */
const COPIED = ['src', 'tools', 'resources', 'native/build', 'electron.vite.config.ts', 'tsconfig.json', 'package.json']
const SAVED = 'src/renderer/components/connection/SignInForm.vue'

test.skipIf(sharedHost().kind !== 'electron')('a saved component appears at once, and a change of the main process restarts the app', async () => {
  const folder = testFolder()
  const copy = join(folder.path, 'checkout')
  const profile = join(folder.path, 'profile')
  mkdirSync(copy)
  for (const part of COPIED) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const change = (file: string, alter: (text: string) => string): void => writeFileSync(join(copy, file), alter(readFileSync(join(copy, file), 'utf8')))

  const dev = spawn(process.execPath, [join(copy, 'tools/dev/index.ts'), '--profile', profile, '--inspect', '0', '--remote-debugging-port', '0'], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LANG: 'C.UTF-8', DISPLAY: '', WAYLAND_DISPLAY: '' }
  })
  const ended = once(dev, 'exit')
  const port = join(profile, 'DevToolsActivePort')
  /** Resolves to the main window, once its button is there. */
  const opened = async (): Promise<Page> => {
    await expect.poll(() => existsSync(port) && readFileSync(port, 'utf8').includes('\n'), { timeout: 100_000 }).toBe(true)
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${readFileSync(port, 'utf8').split('\n')[0]}`, { noDefaults: true })
    const main = (): Page | undefined =>
      browser
        .contexts()
        .flatMap((context) => context.pages())
        .find((page) => page.url().includes('/windows/main/'))
    await expect.poll(main).toBeDefined()
    const page = main() as Page
    await page.locator('[data-test=demo]').waitFor()
    return page
  }
  try {
    const page = await opened()
    await page.evaluate('window.kept = true')
    change(SAVED, (text) => text.replace('data-test="demo"', 'data-test="demo" data-saved="now"'))
    await page.locator('[data-saved=now]').waitFor()
    expect(await page.evaluate('window.kept')).toBe(true)

    const gone = new Promise((resolve) => page.context().browser()?.once('disconnected', resolve))
    rmSync(port)
    change('src/main/index.ts', (text) => text.replace("app.setName('Mnemo')", "app.setName('Mnemo')\nprocess.env['LANGUAGE'] = 'de'"))
    await gone
    const again = await opened()
    expect(await again.evaluate('window.kept')).toBeUndefined()
  } finally {
    dev.kill('SIGTERM')
    await ended
    folder.remove()
  }
  expect(dev.exitCode).toBe(0)
})
