/** npm test: types, lint, then every test; one summary line at the end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const OUTPUT = join(ROOT, 'test-output')

interface Result {
  passed: number
  failed: number
  skipped: number
}

/** Runs a script of package.json; prints its output at its end. */
async function check(name: string): Promise<Result> {
  const child = spawn('npm', ['run', '-s', name], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => output.push(part))
  const [status] = (await once(child, 'close')) as [number | null]
  process.stdout.write(Buffer.concat([Buffer.from(`\n== ${name}\n`), ...output, Buffer.from(status === 0 ? 'ok\n' : `${name} FAILED\n`)]))
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
}

/** Projects of vitest that belong to one part. */
const PROJECTS: Record<string, readonly string[]> = { unit: ['unit', 'unit-apart'] }

/** Runs one part of the tests. `later`: holds its output back until its end, since another part prints meanwhile. */
async function tests(project: string, later = false): Promise<Result> {
  const file = join(OUTPUT, `results-${project}.json`)
  rmSync(file, { force: true })
  const args = [
    'run',
    ...(PROJECTS[project] ?? [project]).flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`
  ]
  const child = spawn(join(ROOT, 'node_modules/.bin/vitest'), args, { cwd: ROOT, stdio: later ? ['ignore', 'pipe', 'pipe'] : 'inherit' })
  const output: Buffer[] = []
  child.stdout?.on('data', (part: Buffer) => output.push(part))
  child.stderr?.on('data', (part: Buffer) => output.push(part))
  if (!later) process.stdout.write(`\n== ${project}\n`)
  const [status] = (await once(child, 'close')) as [number | null]
  if (later) process.stdout.write(Buffer.concat([Buffer.from(`\n== ${project}\n`), ...output]))
  let report: { numPassedTests: number; numFailedTests: number; numPendingTests: number; numFailedTestSuites: number }
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as typeof report
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
  // a file that could not be loaded, or an error outside of any test
  const failed = report.numFailedTests === 0 && status !== 0 ? Math.max(1, report.numFailedTestSuites) : report.numFailedTests
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests }
}

/** Runs several parts, one after the other. */
async function inTurn(projects: readonly string[], later: boolean): Promise<Result[]> {
  const all: Result[] = []
  for (const project of projects) all.push(await tests(project, later))
  return all
}

mkdirSync(OUTPUT, { recursive: true })
const only = process.argv.slice(2)
const wanted = (name: string): boolean => only.length === 0 || only.includes(name)
const results: Result[] = []
results.push(...(await Promise.all(['types', 'lint'].filter(wanted).map(check))))
if (wanted('unit')) results.push(await tests('unit'))
// windows and servers spend much of the time waiting, while the other side computes
const sides = [
  ['integration', 'native', 'thorough'],
  ['end-to-end', 'host']
]
  .map((projects) => projects.filter(wanted))
  .filter((projects) => projects.length > 0)
results.push(...(await Promise.all(sides.map((projects, at) => inTurn(projects, at > 0)))).flat())
// packing takes minutes: only on request (npm run dist:check)
if (only.includes('dist')) results.push(await tests('dist'))
const sum = (key: keyof Result): number => results.reduce((total, result) => total + result[key], 0)
const skipped = sum('skipped')
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`)
process.exitCode = sum('failed') === 0 ? 0 : 1
