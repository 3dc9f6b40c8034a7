/** Layers in ARCHITECTURE.md: a folder imports only from itself and from folders below it. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../support/files.ts'

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']*)'/g

/** Folders from the lowest layer up, as folders or files in src. */
function layers(): string[][] {
  const text = readFileSync(posix.join(ROOT, 'ARCHITECTURE.md'), 'utf8')
  const [, list = ''] = /## Layers\n[^]*?\n((?: {4}.*\n)+)/.exec(text) ?? []
  return list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .reverse()
}

const files = globSync('src/**/*.{ts,vue}', { cwd: ROOT })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => file.replaceAll('\\', '/'))
const imports = new Map(
  files.map((file) => [
    file,
    [...readFileSync(posix.join(ROOT, file), 'utf8').matchAll(IMPORT)].map(([, path = '']) => posix.normalize(posix.join(dirname(file), path)))
  ])
)
/** Room of a file: the longest matching name. */
function folderOf(file: string, folders: readonly string[]): string | undefined {
  const path = file.slice('src/'.length)
  return folders.filter((folder) => path === folder || path.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length)[0]
}

test('each source belongs to a listed folder, and each listed folder exists', () => {
  const folders = layers().flat()
  expect(folders.length).toBeGreaterThan(12)
  expect(folders.filter((folder) => !existsSync(posix.join(ROOT, 'src', folder)))).toEqual([])
  expect(files.filter((file) => folderOf(file, folders) === undefined)).toEqual([])
})

test('no folder imports from a layer above, or from another folder of its own layer', () => {
  const levels = layers()
  const folders = levels.flat()
  const level = (folder: string): number => levels.findIndex((layer) => layer.includes(folder))
  const upward = [...imports].flatMap(([file, paths]) =>
    paths
      .filter((path) => {
        const [from, to] = [folderOf(file, folders) ?? '', folderOf(path, folders) ?? '']
        return to !== '' && from !== to && level(to) >= level(from)
      })
      .map((path) => `${file} -> ${path}`)
  )
  expect(upward).toEqual([])
})

test('the product imports no tool, test or benchmark', () => {
  const outside = [...imports].flatMap(([file, paths]) => paths.filter((path) => !path.startsWith('src/')).map((path) => `${file} -> ${path}`))
  expect(outside.filter((arrow) => !arrow.endsWith('/package.json'))).toEqual([])
})

test('imports have no cycles', () => {
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' -> '))
    if (done.has(file) || way.includes(file)) return
    for (const next of imports.get(file) ?? []) walk(next, [...way, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  expect(circles).toEqual([])
})
