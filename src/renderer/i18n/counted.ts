/** Numbers in texts, formatted in the language of the interface. */
import { i18n } from './index.ts'

export const number = (value: number): string => value.toLocaleString(i18n.global.locale.value)

/** Text in the plural form for `n`, with `{n}` filled in. `more`: further placeholders. */
export const counted = (key: string, n: number, more: Record<string, string> = {}): string => i18n.global.t(key, { ...more, n: number(n) }, n)
