/** npm test: types, lint, then every test; the failures again and one summary line at the end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const OUTPUT = join(ROOT, 'test-output')

interface Result {
  passed: number
  failed: number
  skipped: number
  /** Each failure: file, name and message, at most `FAILURE_LENGTH` characters each. */
  failures: string[]
}

const FAILURE_LENGTH = 1500

/** The part of vitest's JSON report that is read here. */
interface Report {
  numPassedTests: number
  numPendingTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[]
  }[]
}

/** The failed tests, and the files that could not be loaded, of one report. */
function failuresOf({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(ROOT, name)
    const tests = assertionResults.filter((test) => test.status === 'failed')
    if (tests.length === 0) return status === 'failed' ? [`${file}\n${message}`] : []
    return tests.map((test) => `${file}: ${test.fullName.trim()}\n${(test.failureMessages ?? []).join('\n')}`)
  })
}

/** Runs a script of package.json; prints its output at its end. */
async function check(name: string): Promise<Result> {
  const child = spawn('npm', ['run', '-s', name], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => output.push(part))
  const [status] = (await once(child, 'close')) as [number | null]
  process.stdout.write(Buffer.concat([Buffer.from(`\n== ${name}\n`), ...output, Buffer.from(status === 0 ? 'ok\n' : `${name} FAILED\n`)]))
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0, failures: status === 0 ? [] : [name] }
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
  let report: Report
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [`${project} ended without a report`] }
  }
  const failures = failuresOf(report)
  if (failures.length === 0 && status !== 0) failures.push(`${project}: an error outside of any test, printed above`)
  return { passed: report.numPassedTests, failed: failures.length, skipped: report.numPendingTests, failures }
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
const failures = results.flatMap((result) => result.failures)
if (failures.length > 0) process.stdout.write(`\n== failures\n\n${failures.map((text) => text.slice(0, FAILURE_LENGTH)).join('\n\n')}\n`)
const sum = (key: Exclude<keyof Result, 'failures'>): number => results.reduce((total, result) => total + result[key], 0)
const skipped = sum('skipped')
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`)
process.exitCode = sum('failed') === 0 ? 0 : 1
