/** docs/electron.md names every part of Electron's API that the sources use. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../support/files.ts'

interface Use {
  /** `app.quit`, or `Tray` for a class that is instantiated. */
  api: string
  module: string
  member: string | null
  file: string
}

/** Uses of Electron in one file, by the names that it imports as values. */
function usesIn(file: string): Use[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  const names = (/import \{([^}]+)\} from 'electron'/.exec(source)?.[1] ?? '').split(',').map((name) => name.trim())
  return names
    .filter((name) => name !== '' && !name.startsWith('type '))
    .flatMap((module) => {
      const members = [...source.matchAll(new RegExp(`(?<![\\w.'])${module}\\.(\\w+)`, 'g'))].map(([, member = '']) => member)
      const made = new RegExp(`new ${module}\\b`).test(source) ? [{ api: module, module, member: null, file }] : []
      return [...made, ...[...new Set(members)].map((member) => ({ api: `${module}.${member}`, module, member, file }))]
    })
}

const rows = readFileSync(join(ROOT, 'docs/electron.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))

/** Whether a row of the document names it: `module.first`, `second`; another module begins after a semicolon. */
function named({ module, member }: Use): boolean {
  return rows.some(([, apis = '']) =>
    apis.split(';').some((part) => part.includes(`\`${module}`) && (member === null || new RegExp(`\`(${module}\\.)?${member}\``).test(part)))
  )
}

test('every use of Electron is in the table', () => {
  const uses = globSync('src/{main,preload}/**/*.ts', { cwd: ROOT }).flatMap(usesIn)
  expect(uses.length).toBeGreaterThan(40)
  expect(uses.filter((use) => !named(use)).map(({ api, file }) => `${api} in ${file}`)).toEqual([])
})

test('files named in the table exist', () => {
  const places = rows.flatMap(([, , where = '']) => [...where.matchAll(/[\w/-]+\.ts/g)].map(([path]) => path))
  const beside = (path: string): boolean =>
    ['src/main', 'src', 'src/main/windows', 'src/main/desktop', 'src/main/ipc'].some((folder) => existsSync(join(ROOT, folder, path)))
  expect(places.filter((path) => !beside(path))).toEqual([])
  const tests = rows.flatMap(([, , , shown = '']) => [...shown.matchAll(/electron\/([\w-]+)/g)].map(([, name = '']) => name))
  expect(tests.filter((name) => !existsSync(join(ROOT, `test/end-to-end/electron/${name}.test.ts`)))).toEqual([])
})

test('the Chromium host exports each part that the main process imports', () => {
  // an import that is missing stops the app before its first line
  const host = readFileSync(join(ROOT, 'tools/chromium-host/electron/index.ts'), 'utf8')
  const exported = new Set([
    ...[...host.matchAll(/export const (\w+)/g)].map(([, name]) => name),
    ...[...host.matchAll(/export \{([^}]+)\}/g)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
  ])
  const used = globSync('src/main/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/import \{([^}]+)\} from 'electron'/g)].flatMap(([, names = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
    )
  )
  expect(used.length).toBeGreaterThan(20)
  expect([...new Set(used)].filter((name) => !exported.has(name))).toEqual([])
})
