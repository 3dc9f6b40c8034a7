import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { writeNotices } from '../../tools/dist/notices.ts'
import { ROOT } from '../support/files.ts'

const require = createRequire(import.meta.url)

/** Requires the built app, which `npm test` makes before the tests. */
beforeAll(() => {
  if (!existsSync(join(ROOT, 'out/preload/bridge.cjs'))) throw new Error('There is no built app in out/: run "npm run build", or all by "npm test -- unit".')
})

test('electron-builder accepts the configuration, and the files it names exist', async () => {
  const { getConfig, validateConfiguration } = require('app-builder-lib/out/util/config/config') as {
    getConfig(root: string, path: string | null, own: object | null): Promise<{ extraResources: { from: string }[] }>
    validateConfiguration(config: object, logger: object): Promise<void>
  }
  const { DebugLogger } = require('builder-util') as { DebugLogger: new (enabled: boolean) => object }
  const config = await getConfig(ROOT, join(ROOT, 'electron-builder.yml'), null)
  await validateConfiguration(config, new DebugLogger(false))
  // npm run dist writes them before packing
  writeNotices()
  for (const { from } of config.extraResources) expect(existsSync(join(ROOT, from)), from).toBe(true)
  await expect(validateConfiguration({ ...config, noSuchOption: true }, new DebugLogger(false))).rejects.toThrow(/noSuchOption/)
})

test('what the main process imports at run time is packed with it', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
  const bundles = readdirSync(join(ROOT, 'out/main'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => readFileSync(join(ROOT, 'out/main', path), 'utf8'))
    .join('\n')
  const imported = [...bundles.matchAll(/^import .*from\s*"([^."][^"]*)"/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => !isBuiltin(name) && name !== 'electron')
  const packages = new Set(
    imported.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/')
    )
  )
  expect([...packages]).toEqual(['better-sqlite3'])
  expect(Object.keys(dependencies)).toEqual([...packages])
})

test('the sandboxed preload script needs electron alone', () => {
  const preload = readFileSync(join(ROOT, 'out/preload/bridge.cjs'), 'utf8')
  expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(['electron'])
})

test('the Flatpak describes the app as the installers do: name, texts in each language, link, version', () => {
  const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
  const [builder, entry, about, manifest] = [
    read('electron-builder.yml'),
    read('build/flatpak/im.mnemo.desktop.desktop'),
    read('build/flatpak/im.mnemo.desktop.metainfo.xml'),
    read('build/flatpak/im.mnemo.desktop.yml')
  ]
  const { version, homepage } = JSON.parse(read('package.json')) as { version: string; homepage: string }
  const id = /^appId: (.+)$/m.exec(builder)?.[1] ?? ''
  for (const text of [manifest, about]) expect(text).toContain(id)
  const words = [...builder.matchAll(/^ {6}((?:GenericName|Comment)(?:\[\w+\])?): (.+)$/gm)].map(([, key = '', value = '']) => `${key}=${value}`)
  expect(words.length).toBeGreaterThan(6)
  for (const line of words) expect(entry.split('\n')).toContain(line)
  expect(entry).toContain('MimeType=x-scheme-handler/xmpp;')
  expect(about).toContain(`<release version="${version}"`)
  expect(about).toContain(homepage)
})
