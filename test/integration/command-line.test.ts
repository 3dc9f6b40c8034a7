import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../support/files.ts'
import { startServer, testFolder, type TestFolder, type TestServer } from '../support/server.ts'

let server: TestServer
let folder: TestFolder

beforeAll(async () => {
  server = await startServer()
  folder = testFolder()
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

interface Run {
  output: Promise<{ code: number | null; stdout: string; stderr: string }>
  said(text: string): Promise<void>
}

function mnemo(user: string, ...args: string[]): Run {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/index.ts'), ...args, '--profile', join(folder.path, user)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MNEMO_PASSWORD: `${user}-secret` }
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  return {
    output: new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr }))),
    said: (text) => expect.poll(() => stderr + stdout).toContain(text)
  }
}
const signIn = (user: string, ...more: string[]) =>
  mnemo(user, 'sign-in', `${user}@localhost`, '--host', '127.0.0.1', '--port', String(server.port), ...more).output

test('sign-in prints the fingerprint of an untrusted certificate, and accepts it with --trust', async () => {
  const refused = await signIn('alice')
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain(`--trust ${server.fingerprint}`)
  expect(await signIn('alice', '--trust', server.fingerprint)).toMatchObject({ code: 0, stdout: 'signed in as alice@localhost\n' })
})

test("a sent message appears in the other account's watch, and is found offline", async () => {
  await signIn('bob', '--trust', server.fingerprint)
  const watching = mnemo('bob', 'watch', '--count', '1')
  await watching.said('watching')
  expect(await mnemo('alice', 'send', 'bob@localhost', '晚上一起吃饭吗').output).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^(sent|delivered)\n$/) as string
  })
  expect((await watching.output).stdout).toMatch(/\tAlice\t晚上一起吃饭吗\n$/)
  const found = await mnemo('bob', 'search', '起吃', '--json').output
  expect(JSON.parse(found.stdout)).toMatchObject({ total: 1, hits: [{ text: '晚上一起吃饭吗', ranges: [[3, 5]] }] })
})

test('an account is signed out by name, and its messages stay searchable', async () => {
  expect((await mnemo('bob', 'sign-out', 'nobody@localhost').output).stderr).toContain('bob@localhost')
  expect(await mnemo('bob', 'sign-out', 'bob@localhost').output).toMatchObject({ code: 0, stdout: 'signed out bob@localhost\n' })
  // messages written now wait until somebody signs in again
  expect((await mnemo('bob', 'send', 'alice@localhost', 'x').output).stdout).toContain('queued: no account')
  expect(JSON.parse((await mnemo('bob', 'search', '起吃', '--json').output).stdout)).toMatchObject({ total: 1 })
})
