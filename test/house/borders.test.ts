import { ESLint } from 'eslint'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../support/files.ts'

const eslint = new ESLint({ cwd: ROOT })
async function refused(path: string, code: string): Promise<boolean> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(ROOT, path) })
  return (result?.messages ?? []).some((message) => message.ruleId === 'no-restricted-imports')
}

test.each([
  ['src/main/store/x.ts', "import { xml } from '@xmpp/client'; console.log(xml)"],
  ['src/main/store/x.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/main/sync/x.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/main/engine.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/main/protocol/x.ts', "import { Store } from '../store/store.ts'; console.log(Store)"],
  ['src/main/protocol/x.ts', "import fs from 'node:fs'; console.log(fs)"],
  ['src/main/search/query.ts', "import { Store } from '../store/store.ts'; console.log(Store)"],
  ['src/renderer/stores/x.ts', "import { Engine } from '../../main/engine.ts'; console.log(Engine)"],
  ['src/contract/x.ts', "import { ref } from 'vue'; console.log(ref)"],
  ['src/preload/x.ts', "import { Engine } from '../main/engine.ts'; console.log(Engine)"]
])('%s may not: %s', { timeout: 30_000 }, async (path, code) => {
  expect(await refused(path, code)).toBe(true)
})

test.each([
  ['src/main/sync/x.ts', "import { xml } from '@xmpp/client'; console.log(xml)"],
  ['src/main/ipc/x.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/renderer/stores/x.ts', "import { ref } from 'vue'; console.log(ref)"]
])('%s may: %s', { timeout: 30_000 }, async (path, code) => {
  expect(await refused(path, code)).toBe(false)
})
