// node native/fuzz/run.mjs SECONDS [libfuzzer]: builds the harness with sanitizers if it is out of date, and runs it.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const [seconds = '60', engine = 'standalone'] = process.argv.slice(2)
const folder = join(root, 'native/build/fuzz', engine)
const sqlite = join(root, 'node_modules/better-sqlite3/deps/sqlite3')
const [cc, cxx] = engine === 'libfuzzer' ? ['clang', 'clang++'] : ['gcc', 'g++']

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (error !== undefined) throw new Error(`${command}: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}
const newer = (output, inputs) => existsSync(output) && inputs.every((input) => statSync(input).mtimeMs < statSync(output).mtimeMs)

mkdirSync(folder, { recursive: true })
const library = join(folder, 'sqlite3.o')
if (!newer(library, [join(sqlite, 'sqlite3.c')]))
  run(cc, ['-O1', '-c', '-DSQLITE_ENABLE_FTS5', '-DSQLITE_THREADSAFE=0', '-DSQLITE_OMIT_LOAD_EXTENSION', join(sqlite, 'sqlite3.c'), '-o', library])
const sources = [...globSync(join(root, 'native/src/*.cc')), join(import.meta.dirname, 'fuzz.cc')]
const program = join(folder, 'fuzz')
if (!newer(program, [...sources, ...globSync(join(root, 'native/src/*.h')), ...globSync(join(root, 'native/generated/*')), library])) {
  const kind = engine === 'libfuzzer' ? ['-fsanitize=fuzzer,address,undefined'] : ['-fsanitize=address,undefined', '-DMNEMO_STANDALONE']
  run(cxx, [
    '-std=c++17',
    '-O1',
    '-g',
    ...kind,
    '-fno-sanitize-recover=all',
    '-DSQLITE_CORE',
    `-I${sqlite}`,
    `-I${join(root, 'native/src')}`,
    ...sources,
    library,
    '-lm',
    '-o',
    program
  ])
}
const env = { MNEMO_DICTIONARY: join(root, 'resources/words.dat') }
if (engine === 'libfuzzer') {
  const corpus = join(folder, 'corpus')
  mkdirSync(corpus, { recursive: true })
  run(program, [corpus, `-max_total_time=${seconds}`, '-max_len=4096', '-timeout=5', '-print_final_stats=1', '-verbosity=0'], env)
} else run(program, [seconds], env)
