import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Colours of one scheme: name of the token without `--` -> [red, green, blue], each 0 to 255. */
type Scheme = Map<string, readonly number[]>

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')

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

/** The background of a chosen row: `.list-row.selected` in base.css. */
function chosen(scheme: Scheme): number[] {
  const accent = scheme.get('accent')!
  return scheme.get('surface-2')!.map((part, at) => part * 0.84 + accent[at]! * 0.16)
}

test.each([
  ['light', light],
  ['dark', dark],
  ['light, more contrast', lightMore],
  ['dark, more contrast', darkMore],
] as const)('%s: every ink can be read on every surface (4.5 : 1)', (_, scheme) => {
  const surfaces = ['surface', 'surface-2', 'surface-3', 'chat', 'bubble', 'bubble-own'].map((name) => [name, scheme.get(name)!] as const)
  const weak = ['ink', 'ink-2', 'ink-3'].flatMap((ink) =>
    [...surfaces, ['chosen row', chosen(scheme)] as const]
      .map(([name, surface]) => [`${ink} on ${name}`, contrast(scheme.get(ink)!, surface)] as const)
      .filter(([, ratio]) => ratio < 4.5),
  )
  expect(weak).toEqual([])
})
