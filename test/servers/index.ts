/** npm run servers [-- --only TEXT]: runs the main jobs on each set-up of Prosody and ejabberd; the table is also written to docs/servers.md. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hasProsody } from '../../src/demo/prosody.ts'
import { hasEjabberd } from '../support/ejabberd.ts'
import { JOBS } from './jobs.ts'
import { runSetup, type SetupResult } from './run.ts'
import { SETUPS } from './setups.ts'

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const setups = SETUPS.filter(
  ({ name, prosody, ejabberd }) => name.includes(values.only) && (prosody === undefined || hasProsody()) && (ejabberd === undefined || hasEjabberd())
)
const results: SetupResult[] = []
for (const [at, setup] of setups.entries()) {
  process.stdout.write(`${at + 1}/${setups.length} ${setup.name}: `)
  const started = performance.now()
  const result = await runSetup(setup)
  results.push(result)
  process.stdout.write(
    `${result.outcomes.map(({ done }) => (done === null ? '-' : done ? 'Y' : 'N')).join(' ')} in ${((performance.now() - started) / 1000).toFixed(0)} s\n`
  )
  for (const [job, outcome] of result.outcomes.entries())
    if (outcome.done === false) process.stdout.write(`    ${JOBS[job]?.name ?? ''}: ${outcome.sentence ?? 'NOTHING IS SAID'} (${outcome.why})\n`)
}

const said: string[] = []
const cell = (outcome: SetupResult['outcomes'][number]): string => {
  if (outcome.done !== false) return outcome.done === null ? '–' : 'Y'
  const sentence = outcome.sentence ?? 'Nothing is said.'
  if (!said.includes(sentence)) said.push(sentence)
  return `N ${said.indexOf(sentence) + 1}`
}
const rows = results.map(({ name, outcomes }) => `| ${[name, ...outcomes.map(cell)].join(' | ')} |`)
const text = `# Servers

What \`npm run servers\` did on ${results.length} set-ups of Debian's Prosody 0.12 and ejabberd 23.01, all else as the integration tests have it. Y: it
works. N: it does not, and the user is shown the sentence of that number. –: it cannot be tried, since nobody is signed in.

| server | ${JOBS.map(({ name }) => name).join(' | ')} |
|---|${JOBS.map(() => '---').join('|')}|
${rows.join('\n')}

${said.map((sentence, at) => `${at + 1}. ${sentence}`).join('\n')}
`
process.stdout.write(`\n${text}`)
if (values.only === '') writeFileSync(join(import.meta.dirname, '../../docs/servers.md'), text)
process.exit(results.some(({ outcomes }) => outcomes.some((outcome) => outcome.done === false && outcome.sentence === null)) ? 1 : 0)
