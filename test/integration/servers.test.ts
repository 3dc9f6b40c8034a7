/** Short run of `npm run servers`. */
import { expect, test } from 'vitest'
import { hasEjabberd } from '../support/ejabberd.ts'
import { JOBS } from '../servers/jobs.ts'
import { runSetup } from '../servers/run.ts'
import { SETUPS } from '../servers/setups.ts'

test.each([
  ['Prosody, no carbons', null],
  ['Prosody, expired certificate', 'sign in'],
  ['ejabberd, WebSocket alone', null]
])('%s', { timeout: 300_000 }, async (name, impossible) => {
  const setup = SETUPS.find((one) => one.name === name)
  if (setup === undefined) throw new Error(`no set-up ${name}`)
  if (setup.ejabberd !== undefined && !hasEjabberd()) return
  const { outcomes } = await runSetup(setup)
  const done = outcomes.map((outcome, at) => [JOBS[at]?.name, outcome.done === false ? outcome.sentence : outcome.done])
  if (impossible === null) expect(outcomes.map((outcome, at) => [JOBS[at]?.name, outcome])).toEqual(JOBS.map((job) => [job.name, { done: true }]))
  else expect(done).toEqual(JOBS.map((job, at) => [job.name, at === 0 ? 'The server’s certificate has expired.' : null]))
})

test('there are at least twenty set-ups of both servers, each with a name of its own', () => {
  expect(new Set(SETUPS.map(({ name }) => name)).size).toBe(SETUPS.length)
  expect(SETUPS.length).toBeGreaterThanOrEqual(20)
  for (const server of ['prosody', 'ejabberd'] as const) expect(SETUPS.filter((setup) => setup[server] !== undefined).length).toBeGreaterThan(5)
})
