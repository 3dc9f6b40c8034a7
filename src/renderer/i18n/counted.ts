/** Numbers within words, as the language of the interface writes them. */
import { i18n } from './index.ts'

export const number = (value: number): string => value.toLocaleString(i18n.global.locale.value)

/** Words about so many things, in the form that fits their number: `{n}` in them. `more`: further places. */
export const counted = (key: string, n: number, more: Record<string, string> = {}): string => i18n.global.t(key, { ...more, n: number(n) }, n)
