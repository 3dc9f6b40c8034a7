/** Real messages in any number: the corpus, repeated with variation. */
import { corpus, seeded } from '../test/support/files.ts'

const HAN = /\p{Script=Han}/u

/**
 * Three in four messages are Chinese (24 characters on average over all), unless `mixture` is 'corpus'. Messages beyond the corpus are varied: other digits,
 * and every second message is two halves of different ones.
 */
export function* texts(count: number, mixture: 'chinese' | 'corpus' = 'chinese', seed = 1): Generator<string> {
  const random = seeded(seed)
  const all = corpus().map((row) => row.text)
  const kinds = [all.filter((text) => HAN.test(text)), all.filter((text) => !HAN.test(text))] as const
  const share = mixture === 'chinese' ? 0.75 : kinds[0].length / all.length
  const used = [0, 0]
  for (let i = 0; i < count; i++) {
    const kind = random() < share ? 0 : 1
    const list = kinds[kind]
    const at = used[kind] ?? 0
    used[kind] = at + 1
    const text = list[(at * 7919) % list.length] ?? ''
    if (at < list.length) yield text
    else yield vary(text, list, random)
  }
}

function vary(text: string, list: readonly string[], random: () => number): string {
  let made = text
  if (random() < 0.5) {
    const other = list[Math.floor(random() * list.length)] ?? ''
    made = [...text].slice(0, Math.ceil([...text].length / 2)).join('') + [...other].slice(Math.floor([...other].length / 2)).join('')
  }
  return made.replace(/\d/g, () => String(Math.floor(random() * 10)))
}
