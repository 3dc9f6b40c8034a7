/**
 * vCard files: versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), with XMPP addresses as IMPP (RFC 4770) or in older forms; written as version 3.0, which
 * phones and address books of all ages read. Pure.
 */
import { addressOf, bare, xmppUri } from '../../contract/address.ts'
import type { ContactFile } from '../../contract/contact-files.ts'
import { plainName } from '../file-names.ts'

/** Limits: cards per file, values of one kind and lines per card, UTF-16 units per value. */
const MOST_CARDS = 20
const MOST_VALUES = 10
const MOST_PROPERTIES = 500
const LONGEST_VALUE = 200
/** Limits in bytes: the part before a value, and an encoded value. */
const LONGEST_HEAD = 1000
const LONGEST_RAW = 4000

interface Property {
  name: string
  /** TYPE=..., or a bare word (version 2.1), in capitals. */
  parameters: string[]
  value: string
}

/** Text as UTF-8 if valid, else in the named character set, else Windows-1252. */
function decoded(bytes: Buffer, charset: string | undefined): string {
  for (const [label, fatal] of [[charset ?? 'utf-8', charset === undefined] as const, ['windows-1252', false] as const]) {
    try {
      return new TextDecoder(label, { fatal }).decode(bytes)
    } catch {
      // unknown character set, or invalid bytes: try the next
    }
  }
  return ''
}

/** Bytes of a file as Latin-1; UTF-16 with a byte order mark is converted to UTF-8 first. */
function bytesOf(content: Buffer): string {
  const [first, second] = content
  if (first === 0xff && second === 0xfe) return Buffer.from(new TextDecoder('utf-16le').decode(content)).toString('latin1')
  if (first === 0xfe && second === 0xff) return Buffer.from(new TextDecoder('utf-16be').decode(content)).toString('latin1')
  return content.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '')
}

/** Unfolded lines: a space continues the line before it, and in quoted-printable a '=' at the end does. */
function linesOf(text: string): string[] {
  const lines: string[][] = []
  let isQuoted = false
  for (const line of text.split(/\r\n|\n|\r/)) {
    const now = lines.at(-1)
    const before = now?.at(-1) ?? ''
    if (now !== undefined && isQuoted && before.endsWith('=')) now.splice(-1, 1, before.slice(0, -1), line)
    else if (now !== undefined && /^[ \t]/.test(line)) now.push(line.slice(1))
    else {
      lines.push([line])
      isQuoted = /ENCODING=QUOTED-PRINTABLE/i.test(line.slice(0, LONGEST_HEAD))
    }
  }
  return lines.map((pieces) => pieces.join(''))
}

const unquoted = (text: string): string => text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** Position of the first colon outside of quotation marks, where the value begins; -1: none. */
function colonIn(line: string): number {
  let isInside = false
  for (let at = 0; at < Math.min(line.length, LONGEST_HEAD); at++) {
    if (line[at] === '"') isInside = !isInside
    else if (line[at] === ':' && !isInside) return at
  }
  return -1
}

function propertyOf(line: string): Property | null {
  const colon = colonIn(line)
  if (colon < 0) return null
  const [said = '', ...rest] = line.slice(0, colon).toUpperCase().split(';')
  const parameters = rest.filter((part) => part !== '')
  const raw = line.slice(colon + 1, colon + 1 + LONGEST_RAW)
  const isQuoted = parameters.some((part) => part === 'QUOTED-PRINTABLE' || part === 'ENCODING=QUOTED-PRINTABLE')
  const charset = parameters
    .find((part) => part.startsWith('CHARSET='))
    ?.slice(8)
    .replaceAll('"', '')
    .toLowerCase()
  // a group may precede the name
  return { name: said.replace(/^[\w-]+\./, ''), parameters, value: decoded(Buffer.from(isQuoted ? unquoted(raw) : raw, 'latin1'), charset) }
}

const unescaped = (text: string): string => text.replace(/\\([\\,;:n])/gi, (_, character: string) => (/n/i.test(character) ? ' ' : character))
const shown = (text: string): string => plainName(unescaped(text).replace(/\s+/g, ' '), LONGEST_VALUE)
/** Parts of a value, separated by semicolons. */
const parts = (value: string): string[] => value.split(/(?<!\\);/).map(shown)

/** Full name; family name first in Chinese and Japanese. */
function nameOf(value: string): string {
  const [family = '', given = '', middle = ''] = parts(value)
  return /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(family || given)
    ? `${family}${middle}${given}`
    : [given, middle, family].filter((part) => part !== '').join(' ')
}

/** XMPP address in a property; null: none. */
function addressIn({ name, parameters, value }: Property): string | null {
  const said = unescaped(value).trim()
  const isXmpp =
    name === 'X-JABBER' ||
    name === 'X-XMPP' ||
    (name === 'IMPP' && (/^xmpp:/i.test(said) || parameters.some((part) => /=(?:JABBER|XMPP|GOOGLETALK)$/.test(part))))
  if (!isXmpp) return null
  const plain = said.replace(/^(?:xmpp|jabber|x-apple):/i, '').replace(/[?#].*$/, '')
  let jid = null
  try {
    jid = addressOf(decodeURIComponent(plain))
  } catch {
    // a percent sign that is no escape
  }
  return jid === null || !jid.includes('@') ? null : bare(jid)
}

function cardOf(properties: readonly Property[]): ContactFile | null {
  const values = (name: string): string[] => properties.filter((one) => one.name === name).map(({ value }) => value)
  const several = (list: readonly string[]): string[] => [...new Set(list.filter((value) => value !== ''))].slice(0, MOST_VALUES)
  const phones = several(values('TEL').map((value) => shown(value.replace(/^tel:/i, ''))))
  const mails = several(values('EMAIL').map(shown))
  const addresses = several(properties.map((one) => addressIn(one) ?? ''))
  const [organization = ''] = values('ORG').map((value) =>
    parts(value)
      .filter((part) => part !== '')
      .join(', ')
  )
  const named = [...values('FN').map(shown), ...values('N').map(nameOf), ...values('NICKNAME').map(shown), organization, addresses[0], mails[0], phones[0]]
  const name = named.find((one) => one !== undefined && one !== '')
  return name === undefined ? null : { name, organization: organization === name ? '' : organization, addresses, phones, mails }
}

/** Cards of a file, in its order; empty: no vCard. */
export function contactsIn(content: Buffer): ContactFile[] {
  const cards: ContactFile[] = []
  let properties: Property[] | null = null
  for (const line of linesOf(bytesOf(content))) {
    if (cards.length === MOST_CARDS) break
    if (/^BEGIN:VCARD\s*$/i.test(line)) properties = []
    else if (/^END:VCARD\s*$/i.test(line)) {
      const card = properties === null ? null : cardOf(properties)
      if (card !== null) cards.push(card)
      properties = null
    } else {
      const property = properties === null ? null : propertyOf(line)
      if (property !== null && (properties?.length ?? 0) < MOST_PROPERTIES) properties?.push(property)
    }
  }
  return cards
}

/** Longest line before folding, octets (RFC 2426 section 2.6). */
const LONGEST_LINE = 75

function folded(line: string): string {
  const lines: string[] = ['']
  let octets = 0
  for (const character of line) {
    const more = Buffer.byteLength(character)
    if (octets + more > LONGEST_LINE) {
      lines.push(' ')
      octets = 1
    }
    lines[lines.length - 1] += character
    octets += more
  }
  return lines.join('\r\n')
}
const escaped = (text: string): string => plainName(text.replace(/\s+/g, ' '), LONGEST_VALUE).replace(/[\\,;]/g, '\\$&')

/** Card of a person with an XMPP address (RFC 2426; IMPP: RFC 4770). */
export const contactFile = (name: string, jid: string): string =>
  ['BEGIN:VCARD', 'VERSION:3.0', `FN:${escaped(name)}`, `N:;${escaped(name)};;;`, `IMPP;X-SERVICE-TYPE=XMPP:${xmppUri(jid)}`, 'END:VCARD', '']
    .map(folded)
    .join('\r\n')
