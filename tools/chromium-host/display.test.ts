import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))

test('on a display, windows have their own size and neither tabs nor an address bar', async () => {
  const data = mkdtempSync(join(tmpdir(), 'mnemo-display-'))
  const xvfb = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const display = await new Promise<string>((resolve) => xvfb.stdout.once('data', (chunk: Buffer) => resolve(`:${chunk.toString().trim()}`)))
  const env = { ...process.env, DISPLAY: display }
  delete (env as Record<string, string | undefined>)['MNEMO_HEADLESS']
  const app = spawn(process.execPath, [join(folder, 'run.ts'), join(folder, 'fixture/main.mjs'), data], { stdio: ['pipe', 'pipe', 'inherit'], env })
  let text = ''
  const said = (part: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${part} in ${text}`)), 30_000)
      const look = (): void => {
        const line = text.split('\n').find((each) => each.includes(part))
        if (line === undefined) return
        clearTimeout(timer)
        resolve(line)
      }
      app.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        look()
      })
      look()
    })
  try {
    await said('"loaded","detail":"first"')
    app.stdin.write(`${JSON.stringify({ command: 'open', detail: 'second' })}\n`)
    await said('"loaded","detail":"second"')
    app.stdin.write(`${JSON.stringify({ command: 'evaluate', detail: { name: 'second', code: '[innerWidth, innerHeight, api.version].join()' } })}\n`)
    expect(await said('"value"')).toContain('500,400,3')
  } finally {
    const gone = new Promise((resolve) => app.once('exit', resolve))
    app.stdin.write(`${JSON.stringify({ command: 'quit' })}\n`)
    const timer = setTimeout(() => app.kill('SIGKILL'), 5000)
    await gone
    clearTimeout(timer)
    xvfb.kill()
    rmSync(data, { recursive: true, force: true, maxRetries: 5 })
  }
})
