/** THIRD-PARTY-NOTICES.txt: every packed library and table with its licence. Those of Electron and Chromium are beside the executable. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './electron.ts'

export interface Notice {
  name: string
  version: string
  license: string
  text: string
}

/** Bundles of Vite, which lists their contents (`build.license`). */
const BUNDLES = ['main', 'preload', 'renderer']

const MIT = (holder: string): string => `Copyright ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

/** Copyright holders of packages that name a licence without including its text, by package. */
const HOLDERS: Record<string, string> = {
  'koa-compose': '(c) Jonathan Ong and contributors',
  'lazy-val': '(c) Vladimir Krivosheev',
  thumbhash: '(c) 2023 Evan Wallace'
}
/** Packages whose package.json names no licence; their text is the MIT licence. */
const UNNAMED = new Set(['sasl-anonymous', 'sasl-plain', 'saslmechanisms'])

const SQLITE = `The author disclaims copyright to this source code. In place of a legal notice, here is a blessing:

   May you do good and not evil.
   May you find forgiveness for yourself and forgive others.
   May you share freely, never taking more than you give.`

const UNICODE = `Copyright © 1991-2026 Unicode, Inc.

Permission is hereby granted, free of charge, to any person obtaining a copy of data files and any associated documentation (the
"Data Files") or software and any associated documentation (the "Software") to deal in the Data Files or Software without
restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, and/or sell copies of the Data
Files or Software, and to permit persons to whom the Data Files or Software are furnished to do so, provided that either (a) this
copyright and permission notice appear with all copies of the Data Files or Software, or (b) this copyright and permission notice
appear in associated Documentation.

THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF THIRD PARTY RIGHTS. IN NO EVENT SHALL THE
COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE LIABLE FOR ANY CLAIM, OR ANY SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES, OR ANY
DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION,
ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA FILES OR SOFTWARE.

Except as contained in this notice, the name of a copyright holder shall not be used in advertising or otherwise to promote the sale,
use or other dealings in these Data Files or Software without prior written authorization of the copyright holder.`

/** Parts packed without Vite: the native code, and tables made from third-party data. */
const NATIVE: { name: string; license: string; package: string; file?: string; text?: string; version?: string }[] = [
  { name: 'better-sqlite3-multiple-ciphers', license: 'MIT', package: 'better-sqlite3', file: 'LICENSE' },
  { name: 'SQLite3 Multiple Ciphers', license: 'MIT', package: 'better-sqlite3', version: '', text: MIT('(c) 2019-2025 Ulrich Telle') },
  { name: 'SQLite', license: 'Public domain', package: 'better-sqlite3', version: '', text: SQLITE },
  { name: 'node-addon-api', license: 'MIT', package: 'node-addon-api', file: 'LICENSE.md' },
  { name: 'cppjieba and its dictionaries', license: 'MIT', package: 'nodejieba', file: 'submodules/cppjieba/LICENSE', version: '' },
  { name: 'opencc-js (table of traditional and simplified characters)', license: 'MIT', package: 'opencc-js', file: 'LICENSE' },
  { name: 'OpenCC (data of that table)', license: 'Apache-2.0', package: 'opencc-js', file: 'THIRD_PARTY_LICENSES.md', version: '' },
  { name: 'Unicode data (tables of folding, Unihan)', license: 'Unicode-3.0', package: 'opencc-js', version: '', text: UNICODE }
]

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version
}

function bundled(): Notice[] {
  const found = new Map<string, Notice>()
  for (const bundle of BUNDLES) {
    const file = join(ROOT, 'out', bundle, 'licenses.json')
    if (!existsSync(file)) throw new Error(`${file} is missing; run npm start or npm run build once.`)
    for (const { name, version, identifier, text } of JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string; identifier?: string; text?: string }[]) {
      const license = identifier ?? (UNNAMED.has(name) ? 'MIT' : undefined)
      const holder = HOLDERS[name]
      const full = text === undefined || text === '' ? (holder === undefined ? undefined : MIT(holder)) : text
      if (license === undefined || full === undefined) throw new Error(`The licence of ${name} ${version} is unknown; add it to tools/dist/notices.ts.`)
      found.set(`${name}@${version}`, { name, version, license, text: full.trim() })
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** All notices, in the order of the file. Throws if a licence is unknown. */
export function notices(): Notice[] {
  const native = NATIVE.map(({ name, license, package: of, file, text, version }) => {
    const full = text ?? readFileSync(join(ROOT, 'node_modules', of, file ?? 'LICENSE'), 'utf8')
    return { name, version: version ?? versionOf(of), license, text: full.trim() }
  })
  return [...native, ...bundled()]
}

/** Writes the file for the built app and returns its path. Libraries with the same text share it. */
export function writeNotices(): string {
  const byText = new Map<string, Notice[]>()
  for (const notice of notices()) byText.set(notice.text, [...(byText.get(notice.text) ?? []), notice])
  const parts = [...byText].map(([text, those]) => `${'-'.repeat(100)}\n${those.map(({ name, version, license }) => `${name}${version === '' ? '' : ` ${version}`} (${license})`).join('\n')}\n\n${text}\n`)
  const file = join(ROOT, 'out/THIRD-PARTY-NOTICES.txt')
  writeFileSync(file, `Mnemo holds what others made and gave away. Electron and Chromium have files of their own beside the executable.\n\n${parts.join('\n')}`)
  return file
}
