import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { ROOT, temporaryFolder } from '../../test/support/files.ts'

/** Process that holds the lock until the file `end` exists, and writes to `log` when it gets the lock and before it lets go. */
const HOLDER = `
  import { appendFileSync, existsSync } from 'node:fs'
  import { setTimeout as after } from 'node:timers/promises'
  import { locked } from ${JSON.stringify(pathToFileURL(join(ROOT, 'tools/setup/lock.mjs')).href)}
  const [lock, log, end] = process.argv.slice(1)
  await locked(
    lock,
    async () => {
      appendFileSync(log, 'in ' + process.pid + '\\n')
      while (!existsSync(end)) await after(5)
      appendFileSync(log, 'out ' + process.pid + '\\n')
    },
    (pid) => process.stdout.write('waits for ' + pid + '\\n')
  )
`

function scene() {
  const folder = temporaryFolder()
  const [lock, log, end] = ['lock', 'log', 'end'].map((name) => join(folder.path, name)) as [string, string, string]
  writeFileSync(log, '')
  return {
    lock,
    end,
    lines: () => readFileSync(log, 'utf8').trim().split('\n'),
    hold() {
      const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, lock, log, end], { stdio: ['ignore', 'pipe', 'inherit'] })
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
      return { pid: child.pid, kill: () => child.kill('SIGKILL'), said: () => said, ended: new Promise<number | null>((done) => child.once('close', done)) }
    },
    [Symbol.dispose]: () => folder[Symbol.dispose]()
  }
}

test('one process works at a time; the others say once for which one they wait', async () => {
  using one = scene()
  const first = one.hold()
  await expect.poll(one.lines).toEqual([`in ${first.pid}`])
  const others = [one.hold(), one.hold(), one.hold()]
  for (const other of others) await expect.poll(other.said).toBe(`waits for ${first.pid}\n`)
  expect(one.lines()).toEqual([`in ${first.pid}`])
  writeFileSync(one.end, '')
  expect(await Promise.all([first, ...others].map(({ ended }) => ended))).toEqual([0, 0, 0, 0])
  for (const other of others) expect(other.said()).toBe(`waits for ${first.pid}\n`)
  const lines = one.lines()
  expect(lines).toHaveLength(8)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('in', 'out'))
  expect(existsSync(one.lock)).toBe(false)
})

test('the lock of a process that is gone is taken over, by one of those that wait', async () => {
  using one = scene()
  const first = one.hold()
  await expect.poll(one.lines).toEqual([`in ${first.pid}`])
  const others = [one.hold(), one.hold(), one.hold()]
  for (const other of others) await expect.poll(other.said).not.toBe('')
  first.kill()
  await expect.poll(() => one.lines().length).toBe(2)
  writeFileSync(one.end, '')
  expect(await Promise.all(others.map(({ ended }) => ended))).toEqual([0, 0, 0])
  const lines = one.lines().slice(1)
  expect(lines).toHaveLength(6)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('in', 'out'))
})

test('a lock left by an earlier process makes nobody wait', async () => {
  using one = scene()
  writeFileSync(one.lock, String(spawnSync(process.execPath, ['-e', '']).pid))
  writeFileSync(one.end, '')
  const late = one.hold()
  expect(await late.ended).toBe(0)
  expect(late.said()).toBe('')
})
