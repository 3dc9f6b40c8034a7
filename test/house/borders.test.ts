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
  ['src/engine/store/x.ts', "import { xml } from '@xmpp/client'; console.log(xml)"],
  ['src/engine/threads/x.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/engine/xmpp/modules/x.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/engine/engine.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/engine/xmpp/stanzas/x.ts', "import { Store } from '../../threads/store.ts'; console.log(Store)"],
  ['src/engine/xmpp/stanzas/x.ts', "import fs from 'node:fs'; console.log(fs)"],
  ['src/engine/search/query.ts', "import { Store } from '../store/store.ts'; console.log(Store)"],
  ['src/renderer/stores/x.ts', "import { Engine } from '../../engine/engine.ts'; console.log(Engine)"],
  ['src/contract/x.ts', "import { ref } from 'vue'; console.log(ref)"],
  ['src/preload/x.ts', "import { Engine } from '../engine/engine.ts'; console.log(Engine)"]
])('%s may not: %s', async (path, code) => {
  expect(await refused(path, code)).toBe(true)
})

test.each([
  ['src/engine/xmpp/modules/x.ts', "import { xml } from '@xmpp/client'; console.log(xml)"],
  ['src/main/ipc/x.ts', "import { app } from 'electron'; console.log(app)"],
  ['src/renderer/stores/x.ts', "import { ref } from 'vue'; console.log(ref)"]
])('%s may: %s', async (path, code) => {
  expect(await refused(path, code)).toBe(false)
})
