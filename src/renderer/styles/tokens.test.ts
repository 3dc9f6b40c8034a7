import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ACCENTS } from '../../contract/settings.ts'
import { personColour } from '../composables/person-colour.ts'

/** Colours of one scheme: name of the token without `--` -> [red, green, blue], each 0 to 255. */
type Scheme = Map<string, readonly number[]>

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const accents = readFileSync(new URL('accents.css', import.meta.url), 'utf8')

/** Colours set by a block of the style sheet. */
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

/** Colours of an accent in a scheme: the block of its selector within the media query `media`; null: outside any. */
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
  // teal is in tokens.css
  ACCENTS.map(
    (accent) => [`${name}, ${accent}`, accent === 'teal' ? scheme : new Map([...scheme, ...media.flatMap((one) => [...accentBlock(accent, one)])])] as const
  )
)

/** Background of a selected row: `.list-row.selected` in base.css. */
function chosen(scheme: Scheme): number[] {
  const accent = scheme.get('accent')!
  return scheme.get('surface-2')!.map((part, at) => part * 0.84 + accent[at]! * 0.16)
}

test.each(SCHEMES)('%s: every text colour is readable on every surface (4.5 : 1)', (_, scheme) => {
  const surfaces = ['surface', 'surface-2', 'surface-3', 'chat', 'bubble', 'bubble-own', 'mention'].map((name) => [name, scheme.get(name)!] as const)
  const weak = ['ink', 'ink-2', 'ink-3'].flatMap((ink) =>
    [...surfaces, ['chosen row', chosen(scheme)] as const]
      .map(([name, surface]) => [`${ink} on ${name}`, contrast(scheme.get(ink)!, surface)] as const)
      .filter(([, ratio]) => ratio < 4.5)
  )
  expect(weak).toEqual([])
})

test.each(SCHEMES)('%s: bubbles stand out from the background (1.2 : 1), accents are readable', (_, scheme) => {
  const of = (a: string, b: string): number => contrast(scheme.get(a)!, scheme.get(b)!)
  for (const bubble of ['bubble', 'bubble-own']) expect(of(bubble, 'chat'), bubble).toBeGreaterThanOrEqual(1.2)
  expect(of('on-accent', 'accent'), 'text on the accent').toBeGreaterThanOrEqual(4.5)
  for (const surface of ['surface', 'surface-2', 'surface-3', 'bubble', 'bubble-own', 'chat'])
    expect(of('accent-strong', surface), surface).toBeGreaterThanOrEqual(4.5)
})

test.each([
  ['light', lightMore],
  ['dark', darkMore]
] as const)('%s, more contrast: the edge of a bubble is visible (3 : 1)', (_, scheme) => {
  for (const ground of ['chat', 'bubble', 'bubble-own']) expect(contrast(scheme.get('line-color')!, scheme.get(ground)!), ground).toBeGreaterThanOrEqual(3)
})

/** Matrices for linear RGB as seen without one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1.0). */
const EYES = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1]
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998]
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881]
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039]
  ]
} as const

/** CIELAB (D65) of a colour as seen by an eye. */
function lab(colour: readonly number[], eye: keyof typeof EYES): number[] {
  const linear = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  const [r, g, b] = EYES[eye].map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce<number>((sum, weight, at) => sum + weight * linear[at]!, 0)
      )
    )
  ) as [number, number, number]
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
  const [x, y, z] = [
    f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047),
    f(0.2126729 * r + 0.7151522 * g + 0.072175 * b),
    f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  ]
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** Minimum distance: 2.3 is the least noticeable difference; names are far apart, and small pictures are dim. */
const CLEAR = 12

describe.each([
  ['light', light],
  ['dark', dark]
] as const)('%s: the colours of people', (_, scheme) => {
  const people = Array.from({ length: 12 }, (_, i) => scheme.get(`person-${i}`)!)
  test.each(Object.keys(EYES) as (keyof typeof EYES)[])('differ clearly in CIELAB for an eye with %s', (eye) => {
    const seen = people.map((colour) => lab(colour, eye))
    const alike = seen
      .flatMap((one, i) => seen.slice(0, i).map((other, j) => [i, j, Math.hypot(...one.map((part, at) => part - other[at]!))] as const))
      .filter(([, , distance]) => distance < CLEAR)
    expect(alike).toEqual([])
  })
  test('are readable as names, and behind initials (4.5 : 1)', () => {
    const weak = people.flatMap((colour, i) =>
      [...['bubble', 'mention', 'surface'].map((name) => [name, scheme.get(name)!] as const), ['initials', scheme.get('on-person')!] as const]
        .filter(([, other]) => contrast(colour, other) < 4.5)
        .map(([name]) => `${i} on ${name}`)
    )
    expect(weak).toEqual([])
  })
})

test('addresses are spread over all colours', () => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 1200; i++) {
    const colour = personColour(`person${i}@example.org`)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  expect(counts.size).toBe(12)
  expect(Math.min(...counts.values())).toBeGreaterThan(60)
})
