import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, temporaryFolder } from '../../test/support/files.ts'

test('a first start that fails ends with the reason, without warnings about other packages', () => {
  using folder = temporaryFolder()
  cpSync(join(ROOT, 'tools/setup'), join(folder.path, 'tools/setup'), { recursive: true })
  const write = (path: string, content: object): void => {
    mkdirSync(join(folder.path, path, '..'), { recursive: true })
    writeFileSync(join(folder.path, path), JSON.stringify(content))
  }
  // packages for another Node, one of which cannot be installed
  const engines = { node: '>=99' }
  const script = `node -e "console.error('the compiler is missing'); process.exit(1)"`
  const dependencies = { old: 'file:old', broken: 'file:broken' }
  write('old/package.json', { name: 'old', version: '1.0.0', engines })
  write('broken/package.json', { name: 'broken', version: '1.0.0', engines, scripts: { install: script } })
  write('package.json', { name: 'folder', version: '1.0.0', dependencies })
  write('package-lock.json', {
    name: 'folder',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'folder', version: '1.0.0', dependencies },
      old: { version: '1.0.0', engines },
      broken: { version: '1.0.0', engines, hasInstallScript: true },
      'node_modules/old': { resolved: 'old', link: true },
      'node_modules/broken': { resolved: 'broken', link: true }
    }
  })
  // npm run -s hides the messages of npm from its own commands
  const env = { ...process.env, npm_config_loglevel: 'silent' }
  const { status, stderr } = spawnSync(process.execPath, [join(folder.path, 'tools/setup/run.mjs'), 'none.ts'], { encoding: 'utf8', env })
  expect(status).toBe(1)
  expect(stderr).not.toMatch(/EBADENGINE|npm warn/i)
  expect(stderr).toContain('the compiler is missing')
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^\[setup\] npm packages failed \(npm ci/)
})
