/** Commands, one entry each. */
import { basename, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { bare, parseJid } from '../contract/address.ts'
import { AccountSettings, type ConnectionState, type Message } from '../contract/domain.ts'
import { ExportFormat, ImportFormat, SHORTEST_PASSWORD } from '../contract/history-files.ts'
import { SearchOrder, type Facets, type SearchHit } from '../contract/search.ts'
import { ENCODINGS } from '../engine/history-files/decoding.ts'
import { unclearColumns } from '../engine/history-files/history.ts'
import { TransferError, type Running } from '../engine/history-files/transfer.ts'
import type { Engine } from '../engine/engine.ts'
import { findingsOf, type Findings } from './findings.ts'
import { columnsOf, COLUMNS, importOptions } from './import-options.ts'
import { text, UsageError, withEngine, type Values } from './profile.ts'

interface Option {
  about: string
  /** Placeholder of the value in --help; absent for a switch. */
  value?: string
}
export interface Command {
  usage: string
  about: string
  options: Record<string, Option>
  run(positionals: string[], values: Values): Promise<number>
}

export const GLOBAL_OPTIONS: Record<string, Option> = {
  profile: { value: 'DIR', about: 'the profile folder (default: ~/.config/Mnemo)' },
  help: { about: 'this page' }
}

const SIGN_IN_MS = 40_000

function number(values: Values, name: string, fallback: number, most: number): number {
  const given = text(values, name)
  if (given === null) return fallback
  const value = Number(given)
  if (!Number.isInteger(value) || value < 0 || value > most) throw new UsageError(`--${name} takes a whole number from 0 to ${most}`)
  return value
}

function tell(findings: Findings, skips: boolean): void {
  for (const finding of findingsOf(findings, skips)) process.stderr.write(`${finding}\n`)
}

/** Waits until the account is online and its archive read. Throws on failure. */
async function online(engine: Engine): Promise<void> {
  if (engine.account === null) throw new UsageError('no account in this profile; use mnemo sign-in first')
  await engine.connect()
  const state = await new Promise<ConnectionState>((done) => {
    const timer = setTimeout(() => done(engine.connection), SIGN_IN_MS)
    const look = (): void => {
      const now = engine.connection
      if (now.status !== 'online' && now.status !== 'waiting') return
      clearTimeout(timer)
      engine.live.removeListener('change', look)
      done(now)
    }
    engine.live.on('change', look)
    look()
  })
  if (state.status !== 'online') throw new UsageError(describe(state))
}

function describe(state: ConnectionState): string {
  if (state.status !== 'waiting') return `not online (${state.status})`
  const trust = state.certificate === null ? '' : `; to trust it: --trust ${state.certificate.fingerprint}`
  return `not connected: ${state.problem} (${state.detail})${trust}`
}

async function password(): Promise<string> {
  const given = process.env['MNEMO_PASSWORD']
  if (given !== undefined) return given
  if (process.stdin.isTTY) process.stderr.write('Password: ')
  const lines = createInterface({ input: process.stdin, terminal: false })
  for await (const line of lines) return line
  throw new UsageError('no password: give it on standard input or as MNEMO_PASSWORD')
}

const line = (message: Message): string => `${new Date(message.time).toISOString()}\t${message.senderName}\t${message.text.replace(/[\t\n]/g, ' ')}\n`

/** Long-running work with progress on a terminal; Ctrl+C cancels and undoes it. */
function watched(): Running {
  const cancel = new AbortController()
  process.once('SIGINT', () => cancel.abort())
  return {
    signal: cancel.signal,
    onProgress: (done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} / ${total}`)
    }
  }
}

export const commands: Record<string, Command> = {
  'sign-in': {
    usage: 'ADDRESS',
    about: 'Signs in, stores the account beside those that are there, and reads its archive.\nThe password is read from MNEMO_PASSWORD or from standard input.',
    options: {
      host: { value: 'HOST', about: "the server, where it is not the address's domain" },
      port: { value: 'PORT', about: 'its port (default 5222, with --direct-tls 5223)' },
      'direct-tls': { about: 'TLS from the first byte instead of STARTTLS' },
      trust: { value: 'FINGERPRINT', about: 'accept the certificate with this SHA-256 fingerprint' }
    },
    async run([address], values) {
      const jid = parseJid(address ?? '')
      if (jid === null || !jid.includes('@')) throw new UsageError('sign-in takes an address, name@server')
      const settings = AccountSettings.safeParse({
        jid,
        password: await password(),
        host: text(values, 'host'),
        port: values['port'] === undefined ? null : number(values, 'port', 0, 65535),
        security: values['direct-tls'] === true ? 'direct-tls' : 'starttls',
        trustedFingerprint: text(values, 'trust')
      })
      if (!settings.success) throw new UsageError(settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
      return withEngine(values, async (engine) => {
        const state = await engine.signIn(settings.data)
        if (state.status === 'waiting') throw new UsageError(describe(state))
        await online(engine)
        process.stdout.write(`signed in as ${bare(jid)}\n`)
        return 0
      })
    }
  },
  'sign-out': {
    usage: 'ADDRESS',
    about: 'Forgets an account; its messages stay and can still be searched.',
    options: {},
    async run([address], values) {
      return withEngine(values, async (engine) => {
        const known = engine.accounts.list.find(({ jid }) => jid === address)
        if (known === undefined) throw new UsageError(`no such account; there are: ${engine.accounts.list.map(({ jid }) => jid).join(', ') || 'none'}`)
        await engine.signOut(known.jid)
        process.stdout.write(`signed out ${known.jid}\n`)
        return 0
      })
    }
  },
  send: {
    usage: 'ADDRESS TEXT',
    about: 'Sends a message and waits until the server has it; offline it stays queued.',
    options: { group: { about: 'the address is a group' }, nick: { value: 'NAME', about: 'the nickname to join the group with' } },
    async run([address, ...words], values) {
      const body = words.join(' ')
      if (address === undefined || body === '') throw new UsageError('send takes an address and a text')
      return withEngine(values, async (engine) => {
        const kind = values['group'] === true ? 'group' : 'direct'
        const connected = await online(engine).then(
          () => true,
          (error: unknown) => error
        )
        const jid = parseJid(address)
        const known = jid === null ? null : await engine.store.read.conversationByJid(jid)
        const conversation = known !== null && connected !== true ? known : await engine.conversations.start(address, kind, text(values, 'nick'))
        const message = await engine.messages.send(conversation.id, body)
        if (connected !== true) {
          process.stdout.write(`queued: ${connected instanceof Error ? connected.message : ''}\n`)
          return 0
        }
        const state = await settled(engine, message)
        process.stdout.write(`${state}\n`)
        return state === 'failed' ? 1 : 0
      })
    }
  },
  watch: {
    usage: '',
    about: 'Stays online and prints each message as it is stored, until interrupted.',
    options: {
      json: { about: 'one JSON object a line' },
      count: { value: 'N', about: 'end after N messages' },
      group: { value: 'ADDRESS', about: 'join this group first' },
      nick: { value: 'NAME', about: 'the nickname to join it with' }
    },
    async run(_, values) {
      const wanted = number(values, 'count', Infinity, 1e9)
      return withEngine(values, async (engine) => {
        let seen = 0
        const { promise, resolve: end } = Promise.withResolvers<void>()
        process.once('SIGINT', () => end())
        process.once('SIGTERM', () => end())
        engine.on('changes', (changes) => {
          for (const message of changes.messages) {
            if (changes.added === 0 || seen >= wanted) continue
            seen++
            process.stdout.write(values['json'] === true ? `${JSON.stringify(message)}\n` : line(message))
          }
          if (seen >= wanted) end()
        })
        await online(engine)
        const group = text(values, 'group')
        if (group !== null) await engine.conversations.start(group, 'group', text(values, 'nick'))
        process.stderr.write('watching\n')
        await promise
        return 0
      })
    }
  },
  import: {
    usage: 'FILE',
    about:
      'Imports the history in a file, or in a folder or .zip of files: of WhatsApp, Telegram, Slack, WeChat, QQ, LINE and those that\ndocs/import.md names; CSV, TSV, JSON lines or an array; .gz is unpacked. What is here already is not added again. A table without a row of names: sender, time, text. What\ncannot be read is counted, and the rest is imported.',
    options: {
      format: { value: 'FORMAT', about: `${ImportFormat.options.join(', ')} (default: found out)` },
      conversation: { value: 'NAME', about: "the conversation to put them in (default: what the file calls it, else the file's name)" },
      self: { value: 'SENDER', about: 'the sender that is you' },
      encoding: { value: 'NAME', about: `${ENCODINGS.join(', ')} (default: found out)` },
      columns: { value: 'LIST', about: `of a table: time=NAME,text=NAME and more of ${COLUMNS.join(', ')}; a heading, or a number from 1` },
      'date-order': { value: 'ORDER', about: 'dmy, mdy or ymd (default: found out)' },
      password: { about: 'the file is encrypted; its password is read from MNEMO_PASSWORD or from standard input' },
      'bad-times': { value: 'skip|near', about: 'messages whose time cannot be read: left out, or beside those before them (default)' },
      rename: { value: 'OLD=NEW', about: 'another name for a sender; several are separated by ;' },
      preview: { about: 'only say what is in the file' }
    },
    async run([file], values) {
      if (file === undefined) throw new UsageError('import takes a file')
      const format = ImportFormat.options.find((one) => one === text(values, 'format')) ?? null
      if (format === null && (text(values, 'format') ?? 'auto') !== 'auto') throw new UsageError(`--format knows: ${ImportFormat.options.join(', ')}`)
      const path = resolve(file)
      const options = importOptions(values, values['password'] === true ? await password() : null)
      return withEngine(values, async (engine) => {
        const asked = text(values, 'columns')
        if (asked !== null) {
          const table = (await engine.transfer.preview(path, format, options)).columns
          if (table === null) throw new UsageError(`--columns is for tables; '${basename(path)}' is none`)
          options.columns = columnsOf(asked, table.heading)
        }
        if (values['preview'] === true) {
          const preview = await engine.transfer.preview(path, format, options)
          const { columns } = preview
          if (columns?.sure === false) throw new TransferError('import', unclearColumns(basename(path), columns.heading).message)
          process.stdout.write(
            `${preview.format}${preview.encoding === null ? '' : `, ${preview.encoding.name}${preview.encoding.sure ? '' : '?'}`}${preview.order === null ? '' : `, ${preview.order.order}${preview.order.sure ? '' : '?'}`}\n`
          )
          tell(preview, options.badTimes === 'skip')
          for (const { name, messages, files, first, last } of preview.conversations)
            process.stdout.write(
              `${String(messages).padStart(8)}  ${name} (${new Date(first).toISOString().slice(0, 10)} to ${new Date(last).toISOString().slice(0, 10)}, ${files} files)\n`
            )
          for (const { name, messages } of preview.people) process.stdout.write(`${String(messages).padStart(8)}  by ${name}\n`)
          return 0
        }
        const names = Object.fromEntries(
          (text(values, 'rename') ?? '')
            .split(';')
            .filter((pair) => pair.includes('='))
            .map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()])
        )
        const conversation = text(values, 'conversation')
        const started = performance.now()
        const summary = await engine.transfer.import({ path, format, self: text(values, 'self'), names, conversation, options }, watched())
        const { added, known, filled, conversations, conversation: first, notices } = summary
        const seconds = (performance.now() - started) / 1000
        const name = conversation ?? (first === null ? null : (await engine.store.read.conversation(first))?.name) ?? basename(file)
        process.stdout.write(
          `imported ${added} messages into ${conversations === 1 ? `'${name}'` : `${conversations} conversations`} in ${seconds.toFixed(2)} s\n`
        )
        if (filled > 0) process.stderr.write(`${filled} files were missing before\n`)
        if (known > 0) process.stderr.write(`${known} were here already\n`)
        if (notices > 0) process.stderr.write(`${notices} notices that no person wrote were left out\n`)
        tell(summary, options.badTimes === 'skip')
        return 0
      })
    }
  },
  export: {
    usage: 'FILE',
    about:
      'Writes history to a file: everything, a conversation, or what a query finds. html has the media in a folder beside it.\nmnemo is jsonl under a password, which is read from MNEMO_PASSWORD or from standard input.',
    options: {
      format: { value: 'FORMAT', about: "jsonl, html, txt or mnemo (default: by the file's name)" },
      conversation: { value: 'ADDRESS', about: 'only this conversation' },
      query: { value: 'QUERY', about: 'only what this query finds' },
      lang: { value: 'LANG', about: 'en (default) or zh-CN, for the dates of html' }
    },
    async run([file], values) {
      if (file === undefined) throw new UsageError('export takes a file')
      const format = ExportFormat.safeParse(text(values, 'format') ?? file.split('.').at(-1))
      if (!format.success) throw new UsageError('--format knows: jsonl, html, txt, mnemo')
      return withEngine(values, async (engine) => {
        const address = text(values, 'conversation')
        const conversation =
          address === null ? null : ((await engine.store.read.conversations()).find(({ jid, name }) => jid === address || name === address)?.id ?? null)
        if (address !== null && conversation === null) throw new UsageError(`there is no conversation '${address}'`)
        const language = text(values, 'lang') === 'zh-CN' ? 'zh-CN' : 'en'
        const secret = format.data === 'mnemo' ? await password() : null
        if (secret !== null && secret.length < SHORTEST_PASSWORD) throw new UsageError(`a password has ${SHORTEST_PASSWORD} characters or more`)
        const { messages, files } = await engine.transfer.export(
          { path: resolve(file), format: format.data, query: text(values, 'query'), conversation, language, password: secret },
          watched()
        )
        process.stdout.write(`exported ${messages} messages${files === 0 ? '' : ` and ${files} files`} to ${file}\n`)
        return 0
      })
    }
  },
  search: {
    usage: 'QUERY',
    about:
      'Finds every message that matches the query, without a connection. Words are all contained; "a phrase" as it stands;\n-word not; OR either; from: to: in: before: after: on: during: has: is: type: file: filter. The language is in docs/search.md.',
    options: {
      json: { about: 'one JSON object: total, tookMs, hits with ranges in UTF-16 units of text' },
      limit: { value: 'N', about: 'the most hits to print (default 20)' },
      offset: { value: 'N', about: 'hits to leave out at the start' },
      order: { value: 'ORDER', about: 'newest (default), oldest or best' },
      facets: { about: 'also how the hits are spread over conversations, senders and months' },
      count: { about: 'only the number of hits' }
    },
    async run(words, values) {
      const query = words.join(' ')
      if (query.trim() === '') throw new UsageError('search takes a query')
      const order = SearchOrder.safeParse(text(values, 'order') ?? 'newest')
      if (!order.success) throw new UsageError('--order knows: newest, oldest, best')
      const limit = values['count'] === true ? 0 : number(values, 'limit', 20, 1_000_000)
      const facets = values['facets'] === true
      return withEngine(values, async (engine) => {
        const answer = await engine.store.find.search({
          query,
          order: order.data,
          limit,
          offset: number(values, 'offset', 0, 1e9),
          total: true,
          facets,
          suggest: values['count'] !== true
        })
        const plain = ({ message, conversationName, ranges }: SearchHit) => ({
          id: message.id,
          conversation: conversationName,
          sender: message.senderName,
          time: new Date(message.time).toISOString(),
          text: message.text,
          ranges
        })
        if (values['json'] === true) {
          const { total, tookMs, hits, related, didYouMean, problems } = answer
          const more = {
            ...(answer.facets === null ? {} : { facets: answer.facets }),
            ...(problems.length === 0 ? {} : { problems }),
            ...(didYouMean === null ? {} : { didYouMean }),
            ...(related.length === 0 ? {} : { related: related.map(plain) })
          }
          process.stdout.write(`${JSON.stringify({ total, tookMs, hits: hits.map(plain), ...more })}\n`)
          return 0
        }
        for (const { code, value } of answer.problems) process.stderr.write(`${code}: ${value}\n`)
        if (values['count'] === true) {
          process.stdout.write(`${answer.total ?? 0}\n`)
          return 0
        }
        for (const { message, conversationName } of answer.hits) process.stdout.write(`${conversationName}\t${line(message)}`)
        process.stderr.write(`${answer.total ?? 0} in ${answer.tookMs.toFixed(1)} ms\n`)
        if (answer.didYouMean !== null) process.stderr.write(`did you mean: ${answer.didYouMean}\n`)
        if (answer.facets !== null)
          for (const [title, list] of facetLists(answer.facets))
            process.stdout.write(`\n${title}\n${list.map(([name, count]) => `${String(count).padStart(8)}  ${name}\n`).join('')}`)
        return 0
      })
    }
  },
  stats: {
    usage: '',
    about: 'What the store holds: messages, conversations, bytes.',
    options: { json: { about: 'as a JSON object' } },
    run: (_, values) =>
      withEngine(values, async (engine) => {
        const stats = { ...(await engine.store.read.stats()), keyProtection: engine.keyProtection, accounts: engine.accounts.list.map(({ jid }) => jid) }
        if (values['json'] === true) process.stdout.write(`${JSON.stringify(stats)}\n`)
        else for (const [name, value] of Object.entries(stats)) process.stdout.write(`${name.padEnd(16)} ${String(value)}\n`)
        return 0
      })
  }
}

function facetLists({ conversations, senders, months }: Facets): [string, [string, number][]][] {
  return [
    ['conversations', conversations.map(({ name, count }) => [name, count])],
    ['senders', senders.map(({ jid, name, count }) => [jid === null ? 'me' : name, count])],
    ['months', months.map(({ month, count }) => [month, count])]
  ]
}

/** State of an own message once the server has accepted or refused it. */
async function settled(engine: Engine, message: Message): Promise<string> {
  const { promise, resolve: done } = Promise.withResolvers<string>()
  const timer = setTimeout(() => done('queued'), SIGN_IN_MS)
  engine.on('changes', (changes) => {
    const now = changes.messages.find((changed) => changed.key === message.key)
    if (now !== undefined && now.state !== 'queued') done(now.state)
  })
  const now = await engine.store.read.message(message.id)
  if (now !== null && now.state !== 'queued') done(now.state)
  return promise.finally(() => clearTimeout(timer))
}
