import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ACCENTS } from '../../contract/settings.ts'

/** Colours of one scheme: name of the token without `--` -> [red, green, blue], each 0 to 255. */
type Scheme = Map<string, readonly number[]>

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const accents = readFileSync(new URL('accents.css', import.meta.url), 'utf8')

/** Colours that a block of the style sheet sets. */
function colours(block: string): Scheme {
  const found = block.matchAll(/--([\w-]+): #([\da-f]{6});/g)
  return new Map([...found].map(([, name, hex]) => [name!, [0, 2, 4].map((at) => parseInt(hex!.slice(at, at + 2), 16))]))
}

/** The block of rules that follows a heading. */
function blockAfter(heading: string): string {
  const start = css.indexOf(`${heading} {`)
  expect(start, heading).toBeGreaterThan(-1)
  return css.slice(start, css.indexOf('\n}', start))
}

/** What an accent sets in a scheme: the block of its selector within the media query of that heading; null: outside of any. */
function accentBlock(accent: string, media: string | null): Scheme {
  const from = media === null ? 0 : accents.indexOf(`${media} {`)
  expect(from, media ?? '').toBeGreaterThan(-1)
  const start = accents.indexOf(`:root[data-accent='${accent}'] {`, from)
  expect(start, accent).toBeGreaterThan(-1)
  return colours(accents.slice(start, accents.indexOf('}', start)))
}

/** Relative luminance (WCAG 2.2), 0 to 1. */
function luminance(colour: readonly number[]): number {
  const [red, green, blue] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** Contrast ratio of two colours (WCAG 2.2), 1 to 21. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((left, right) => right - left)
  return (light! + 0.05) / (dark! + 0.05)
}

const light = colours(blockAfter(':root'))
const dark = new Map([...light, ...colours(blockAfter('@media (prefers-color-scheme: dark)'))])
const lightMore = new Map([...light, ...colours(blockAfter('@media (prefers-contrast: more)'))])
const darkMore = new Map([...dark, ...lightMore, ...dark, ...colours(blockAfter('@media (prefers-contrast: more) and (prefers-color-scheme: dark)'))])

const MORE_DARK = '@media (prefers-contrast: more) and (prefers-color-scheme: dark)'
const SCHEMES = (
  [
    ['light', light, [null]],
    ['dark', dark, [null, '@media (prefers-color-scheme: dark)']],
    ['light, more contrast', lightMore, [null, '@media (prefers-contrast: more)']],
    ['dark, more contrast', darkMore, [null, '@media (prefers-color-scheme: dark)', '@media (prefers-contrast: more)', MORE_DARK]]
  ] as const
).flatMap(([name, scheme, media]) =>
  // teal is what tokens.css has
  ACCENTS.map((accent) => [`${name}, ${accent}`, accent === 'teal' ? scheme : new Map([...scheme, ...media.flatMap((one) => [...accentBlock(accent, one)])])] as const)
)

/** The background of a chosen row: `.list-row.selected` in base.css. */
function chosen(scheme: Scheme): number[] {
  const accent = scheme.get('accent')!
  return scheme.get('surface-2')!.map((part, at) => part * 0.84 + accent[at]! * 0.16)
}

test.each(SCHEMES)('%s: every ink can be read on every surface (4.5 : 1)', (_, scheme) => {
  const surfaces = ['surface', 'surface-2', 'surface-3', 'chat', 'bubble', 'bubble-own'].map((name) => [name, scheme.get(name)!] as const)
  const weak = ['ink', 'ink-2', 'ink-3'].flatMap((ink) =>
    [...surfaces, ['chosen row', chosen(scheme)] as const]
      .map(([name, surface]) => [`${ink} on ${name}`, contrast(scheme.get(ink)!, surface)] as const)
      .filter(([, ratio]) => ratio < 4.5),
  )
  expect(weak).toEqual([])
})

test.each(SCHEMES)('%s: bubbles stand out from the ground (1.2 : 1), accents can be read', (_, scheme) => {
  const of = (a: string, b: string): number => contrast(scheme.get(a)!, scheme.get(b)!)
  for (const bubble of ['bubble', 'bubble-own']) expect(of(bubble, 'chat'), bubble).toBeGreaterThanOrEqual(1.2)
  expect(of('on-accent', 'accent'), 'text on the accent').toBeGreaterThanOrEqual(4.5)
  for (const surface of ['surface', 'surface-2', 'surface-3', 'bubble', 'bubble-own', 'chat']) expect(of('accent-strong', surface), surface).toBeGreaterThanOrEqual(4.5)
})

test.each([
  ['light', lightMore],
  ['dark', darkMore]
] as const)('%s, more contrast: the edge of a bubble can be seen (3 : 1)', (_, scheme) => {
  for (const ground of ['chat', 'bubble', 'bubble-own']) expect(contrast(scheme.get('line-color')!, scheme.get(ground)!), ground).toBeGreaterThanOrEqual(3)
})
