/** Command line of the engine: npm run -s mnemo -- COMMAND */
import { parseArgs } from 'node:util'
import { StoreOpenError } from '../engine/store/database.ts'
import { StoreError } from '../engine/threads/store.ts'
import { EngineError } from '../engine/scope.ts'
import { TransferError } from '../engine/history-files/transfer.ts'
import { commands, GLOBAL_OPTIONS, type Command } from './commands.ts'
import { UsageError } from './profile.ts'

function help(command: [string, Command] | null): string {
  if (command !== null) {
    const [name, { usage, about, options }] = command
    const lines = Object.entries({ ...options, ...GLOBAL_OPTIONS }).map(
      ([option, { about: text, value }]) => `  --${`${option}${value === undefined ? '' : ` ${value}`}`.padEnd(24)} ${text}`
    )
    return `mnemo ${name}${usage === '' ? '' : ` ${usage}`}\n\n${about}\n\n${lines.join('\n')}\n`
  }
  const lines = Object.entries(commands).map(([name, { usage, about }]) => `  ${`${name} ${usage}`.padEnd(34)} ${about.split('\n')[0]}`)
  return `mnemo COMMAND [options]\n\n${lines.join('\n')}\n\nmnemo COMMAND --help says more. Every command takes --profile DIR.\n`
}

async function main(args: string[]): Promise<number> {
  const [name = '--help', ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help(null))
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new UsageError(`there is no command '${name}'; see mnemo --help`)
  const definitions = { ...command.options, ...GLOBAL_OPTIONS }
  const options = Object.fromEntries(
    Object.entries(definitions).map(([option, { value }]) => [option, { type: value === undefined ? ('boolean' as const) : ('string' as const) }])
  )
  let parsed
  try {
    parsed = parseArgs({ args: rest, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
  if (parsed.values['help'] === true) {
    process.stdout.write(help([name, command]))
    return 0
  }
  return command.run(parsed.positionals, parsed.values as Record<string, string | boolean | undefined>)
}

// the reader of the output closed the pipe, as head does
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const known =
    error instanceof UsageError ||
    error instanceof StoreOpenError ||
    error instanceof EngineError ||
    error instanceof StoreError ||
    error instanceof TransferError
  process.stderr.write(`mnemo: ${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
