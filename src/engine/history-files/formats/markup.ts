/** HTML and XML fragments: their plain text, and single elements. */
import { decodeXML, decodeHTML } from 'entities'

/** Displayed text of HTML: lines break at <br> and after blocks; link addresses are kept. */
export function plainText(html: string): string {
  const text = html
    .replace(/<(?:script|style|head)\b[\s\S]*?<\/(?:script|style|head)\s*>/gi, '')
    .replace(
      /<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a\s*>/gi,
      (_, double: string | undefined, single: string | undefined, inner: string) => {
        const address = double ?? single ?? ''
        const words = inner.replace(/<[^>]*>/g, '')
        return words === address || words === '' || decodeHTML(words) === decodeHTML(address) || !/^https?:/i.test(address) ? inner : `${inner} (${address})`
      }
    )
    .replace(/<img\b[^>]*?\balt\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>/gi, (_, double: string | undefined, single: string | undefined) => double ?? single ?? '')
    .replace(/\r?\n/g, '\n')
    .replace(/<br\s*\/?>\n?/gi, '\n')
    .replace(/<\/(?:p|div|li|tr|blockquote|h\d)\s*>/gi, '\n')
    .replace(/<\/?[a-z!][^>]*>/gi, '')
  return decodeHTML(text)
    .replace(/\u00a0/g, ' ')
    .trim()
}

/** First element of a name: its raw attributes, and its content without CDATA marks. */
export function elementOf(xml: string, name: string): { attributes: string; inner: string } | null {
  const found = new RegExp(`<${name}\\b([^>]*?)(?:/>|>([\\s\\S]*?)</${name}\\s*>)`, 'i').exec(xml)
  return found === null ? null : { attributes: found[1] ?? '', inner: (found[2] ?? '').replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1') }
}
/** Text of the first element of a name; null if missing or empty. */
export function textIn(xml: string, name: string): string | null {
  const inner = elementOf(xml, name)?.inner.trim() ?? ''
  return inner === '' ? null : decodeXML(inner).trim()
}
/** Value of an attribute. */
export function attributeOf(attributes: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes)
  return found === null ? null : decodeXML(found[1] ?? found[2] ?? '')
}
/** Content of the first element whose class begins like this (a pattern); '' if there is none. */
export function within(markup: string, className: string): string {
  const found = new RegExp(`<(div|span|a|footer|h\\d) [^>]*class="${className}[^"]*"[^>]*>`).exec(markup)
  if (found === null) return ''
  const tag = new RegExp(`<(/?)${found[1] ?? 'div'}\\b`, 'g')
  tag.lastIndex = found.index + found[0].length
  const from = tag.lastIndex
  let depth = 1
  for (let one = tag.exec(markup); one !== null; one = tag.exec(markup)) if ((depth += one[1] === '/' ? -1 : 1) === 0) return markup.slice(from, one.index)
  return markup.slice(from)
}
/** Contents of the innermost elements of a name. */
export const elementsOf = (html: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`<${name}\\b[^>]*>([\\s\\S]*?)</${name}\\s*>`, 'gi'))].map(([, inner = '']) => inner)
