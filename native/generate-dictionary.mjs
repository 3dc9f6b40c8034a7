// Writes the segmentation dictionary that native/src/words.cc maps into memory: jieba's words as a double-array trie
// (Aoe 1989) over character codes, their frequencies, and the hidden Markov model's emission probabilities.
// Usage: node generate-dictionary.mjs DICTIONARY_FOLDER OUTPUT_FILE
//
// Little-endian, every section aligned to 8 bytes:
//   header   16 uint32: 'MNWD', version, units, frequencies, characters, bmp offset, astral offset, astral count,
//            unit offset, value offset, frequency offset, emission offset, hmm offset, total bytes, 0, 0
//   bmp      uint16[65536]: character -> code (0: in no word); astral: pairs of uint32 (character, code), ascending
//   unit     pairs of int32 (base, check) ; value: uint16 a unit, 0: no word ends here, else 1 + index of its frequency
//   frequency  double[]: [0] the sum over the dictionary, [1] the least one, then those the values point at
//   emission double[characters + 1][4]: by code, states B E M S; hmm: double[4] start, double[4][4] transitions
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const MIN_DOUBLE = -3.14e100
const [folder, output] = process.argv.slice(2)
const lines = (name) =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '')

const words = new Map()
let sum = 0
const all = []
for (const line of lines('jieba.dict.utf8')) {
  const [word, count] = line.split(' ')
  const frequency = Number(count)
  sum += frequency
  all.push(frequency)
  words.set(word, frequency)
}
all.sort((a, b) => a - b)
const median = all[Math.floor(all.length / 2)]
for (const line of lines('user.dict.utf8')) {
  const parts = line.split(' ')
  if ([...parts[0]].length === 1) throw new Error('single characters in the user dictionary are not supported')
  words.set(parts[0], parts.length === 3 ? Number(parts[1]) : median)
}

const hmm = lines('hmm_model.utf8')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))
const numbers = (line) => line.split(' ').map(Number)
const start = numbers(hmm[0])
const transitions = hmm.slice(1, 5).flatMap(numbers)
const emissions = hmm
  .slice(5, 9)
  .map((line) => new Map(line.split(',').map((pair) => [pair.slice(0, pair.lastIndexOf(':')), Number(pair.slice(pair.lastIndexOf(':') + 1))])))

const uses = new Map()
for (const word of words.keys()) for (const char of word) uses.set(char, (uses.get(char) ?? 0) + 1)
for (const map of emissions) for (const char of map.keys()) if (!uses.has(char)) uses.set(char, 0)
const codes = new Map([...uses].sort((a, b) => b[1] - a[1]).map(([char], index) => [char, index + 1]))
if (codes.size > 65534) throw new Error('too many characters')

const frequencies = [sum, all[0]]
const frequencyIndex = new Map()
const root = { children: new Map(), value: 0 }
for (const [word, frequency] of words) {
  let index = frequencyIndex.get(frequency)
  if (index === undefined) {
    frequencyIndex.set(frequency, (index = frequencies.length))
    frequencies.push(frequency)
  }
  let node = root
  for (const char of word) {
    const code = codes.get(char)
    let next = node.children.get(code)
    if (next === undefined) node.children.set(code, (next = { children: new Map(), value: 0 }))
    node = next
  }
  node.value = index + 1
}
if (frequencies.length > 65534) throw new Error('too many frequencies')

let size = 1 << 21
const base = new Int32Array(size)
const check = new Int32Array(size).fill(-1)
const value = new Uint16Array(size)
let last = 0
// Search start for a node with so many children: positions before it are nearly full for that number.
const from = new Map()
check[0] = 0
const queue = [[0, root]]
for (let at = 0; at < queue.length; at++) {
  const [place, node] = queue[at]
  value[place] = node.value
  if (node.children.size === 0) continue
  const wanted = [...node.children.keys()].sort((a, b) => a - b)
  const kind = Math.min(wanted.length, 16)
  let first = from.get(kind) ?? codes.size + 1
  while (check[first] !== -1) first++
  from.set(kind, first)
  let probes = 0
  let slot = first
  for (; ; slot++) {
    if (slot - wanted[0] + wanted.at(-1) >= size) throw new Error('the double array is too small')
    if (check[slot] !== -1) continue
    const candidate = slot - wanted[0]
    if (wanted.every((code) => check[candidate + code] === -1)) break
    probes++
  }
  const found = slot - wanted[0]
  if (probes > 64) from.set(kind, first + Math.floor((slot - first) / 2))
  base[place] = found
  for (const code of wanted) {
    check[found + code] = place
    last = Math.max(last, found + code)
    queue.push([found + code, node.children.get(code)])
  }
}
// every base + code must stay within the array
const units = last + codes.size + 2

const bmp = new Uint16Array(65536)
const astral = []
for (const [char, code] of codes) {
  const point = char.codePointAt(0)
  if (point < 65536) bmp[point] = code
  else astral.push([point, code])
}
astral.sort((a, b) => a[0] - b[0])
const unit = new Int32Array(units * 2)
for (let i = 0; i < units; i++) {
  unit[2 * i] = base[i]
  unit[2 * i + 1] = check[i]
}
const emission = new Float64Array((codes.size + 1) * 4).fill(MIN_DOUBLE)
for (const [char, code] of codes) for (let state = 0; state < 4; state++) emission[code * 4 + state] = emissions[state].get(char) ?? MIN_DOUBLE

const sections = [
  bmp,
  new Uint32Array(astral.flat()),
  unit,
  value.slice(0, units),
  new Float64Array(frequencies),
  emission,
  new Float64Array([...start, ...transitions])
]
const offsets = []
let total = 64
for (const section of sections) {
  offsets.push(total)
  total += Math.ceil(section.byteLength / 8) * 8
}
const header = new Uint32Array(16)
header.set([
  0x44574e4d,
  1,
  units,
  frequencies.length,
  codes.size,
  offsets[0],
  offsets[1],
  astral.length,
  offsets[2],
  offsets[3],
  offsets[4],
  offsets[5],
  offsets[6],
  total
])
const bytes = Buffer.alloc(total)
for (const [section, offset] of [[header, 0], ...sections.map((section, i) => [section, offsets[i]])])
  Buffer.from(section.buffer, section.byteOffset, section.byteLength).copy(bytes, offset)
mkdirSync(dirname(output), { recursive: true })
writeFileSync(output, bytes)
