// node native/fuzz/run.mjs SECONDS [libfuzzer], or `INPUTS inputs`: builds the harness with sanitizers if it is out of date, and runs it for that time or
// for that many inputs, the same ones each time.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const [amount = '60', kindOfRun = 'standalone'] = process.argv.slice(2)
const engine = kindOfRun === 'libfuzzer' ? 'libfuzzer' : 'standalone'
const folder = join(root, 'native/build/fuzz', engine)
const sqlite = join(root, 'node_modules/better-sqlite3/deps/sqlite3')
const [cc, cxx] = engine === 'libfuzzer' ? ['clang', 'clang++'] : ['gcc', 'g++']

async function run(command, args, env = {}) {
  const [status] = await once(spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }), 'close')
  if (status !== 0) process.exit(status ?? 1)
}
const newer = (output, inputs) => existsSync(output) && inputs.every((input) => statSync(input).mtimeMs < statSync(output).mtimeMs)

mkdirSync(folder, { recursive: true })
const library = join(folder, 'sqlite3.o')
// SQLite is not what is tested: it is neither instrumented nor optimized
const compileLibrary = async () => {
  const options = ['-O0', '-c', '-DSQLITE_ENABLE_FTS5', '-DSQLITE_THREADSAFE=0', '-DSQLITE_OMIT_LOAD_EXTENSION']
  if (!newer(library, [join(sqlite, 'sqlite3.c')])) await run(cc, [...options, join(sqlite, 'sqlite3.c'), '-o', library])
}
const headers = [...globSync(join(root, 'native/src/*.h')), ...globSync(join(root, 'native/generated/*'))]
const kind = engine === 'libfuzzer' ? ['-fsanitize=fuzzer,address,undefined'] : ['-fsanitize=address,undefined', '-DMNEMO_STANDALONE']
const sanitized = ['-std=c++17', '-O1', '-g', ...kind, '-fno-sanitize-recover=all']
const objects = [...globSync(join(root, 'native/src/*.cc')), join(import.meta.dirname, 'fuzz.cc')].map((source) => ({
  source,
  object: join(folder, `${basename(source, '.cc')}.o`)
}))
const compileSources = async () => {
  for (const { source, object } of objects)
    if (!newer(object, [source, ...headers]))
      await run(cxx, [...sanitized, '-DSQLITE_CORE', `-I${sqlite}`, `-I${join(root, 'native/src')}`, '-c', source, '-o', object])
}
await Promise.all([compileLibrary(), compileSources()])
const parts = [...objects.map(({ object }) => object), library]
const program = join(folder, 'fuzz')
if (!newer(program, parts)) await run(cxx, [...sanitized, ...parts, '-lm', '-o', program])
const env = { MNEMO_DICTIONARY: join(root, 'resources/words.dat') }
if (engine === 'libfuzzer') {
  const corpus = join(folder, 'corpus')
  mkdirSync(corpus, { recursive: true })
  await run(program, [corpus, `-max_total_time=${amount}`, '-max_len=4096', '-timeout=5', '-print_final_stats=1', '-verbosity=0'], env)
} else await run(program, kindOfRun === 'inputs' ? [amount] : ['1', amount], env)
