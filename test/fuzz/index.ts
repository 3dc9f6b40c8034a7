/** npm run fuzz [-- --minutes N --seed N]: fuzzes every decoder of end-to-end encryption; fails if one neither decodes nor refuses an input. */
import { parseArgs } from 'node:util'
import { fuzz } from './decoders.ts'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } } })
const end = performance.now() + Number(values.minutes) * 60_000
const { inputs, ways, findings } = fuzz(Number(values.seed), () => performance.now() < end)
for (const { target, input, what } of findings.slice(0, 20)) process.stdout.write(`${target}: ${what}\n${input}\n`)
process.stdout.write(`seed ${values.seed}, ${values.minutes} minutes: ${inputs} inputs, ${ways} ways, ${findings.length} findings\n`)
process.exit(findings.length > 0 ? 1 : 0)
