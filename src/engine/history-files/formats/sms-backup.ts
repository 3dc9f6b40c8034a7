/**
 * SMS Backup & Restore for Android (.xml): <sms> and <mms> elements with all data in attributes; the files of an MMS are in the attribute `data` of its
 * parts, in Base64. Field names from the makers' page and schema. A phone number is one conversation, whatever name its contact had.
 */
import { decodeXML } from 'entities'
import { beginning, kindOf, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import { attributesWithoutData } from './attribute-data.ts'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import { PART } from './web-archive.ts'

const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
/** Boxes of outgoing messages, sent or to be sent, without drafts. */
const OUTGOING: ReadonlySet<string> = new Set(['2', '4', '5', '6'])
const DRAFT = '3'
/** Address type of an MMS's sender (OMA MMS encapsulation, From). */
const FROM = '137'
/** Placeholder of one's own address. */
const INSERTED = 'insert-address-token'

/** Joins surrogates of emoji, which are written as separate numeric references, although XML forbids that. */
const joined = (text: string): string =>
  text
    .replace(
      /&#(?:x(d[89ab][\da-f]{2})|(5[5-6]\d{3}));&#(?:x(d[c-f][\da-f]{2})|(5[6-7]\d{3}));/gi,
      (_, highHex?: string, high?: string, lowHex?: string, low?: string) =>
        String.fromCharCode(highHex === undefined ? Number(high) : parseInt(highHex, 16), lowHex === undefined ? Number(low) : parseInt(lowHex, 16))
    )
    .replace(/&#0;/g, '')

function attributesOf(tag: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', double, single] of tag.matchAll(ATTRIBUTE)) {
    const value = decodeXML(joined(double ?? single ?? ''))
    // 'null' means that the phone has no value
    if (value !== 'null') found.set(name.toLowerCase(), value)
  }
  return found
}
const tagsOf = (markup: string, name: string): Map<string, string>[] =>
  [...markup.matchAll(new RegExp(`<${name}\\b((?:[^>"']|"[^"]*"|'[^']*')*)>`, 'gi'))].map(([, tag = '']) => attributesOf(tag))

/** Phone number without separators between its digits; other senders, such as a bank's name, stay unchanged. */
const plainNumber = (address: string): string => (/^[+\d][\d\s().-]*$/.test(address) ? address.replace(/[^+\d]/g, '') : address)
const isName = (name: string | undefined): name is string => name !== undefined && name !== '' && !/^\(?unknown\)?$/i.test(name)

function open(file: TextFile): ChunkReader {
  const heads = new Map<string, ConversationHead>()
  const names = new Map<string, string>()
  let head: ConversationHead = { name: file.name, id: null }
  const named = (number: string): string => names.get(number) ?? number
  const place = (addresses: readonly string[], contact: string | undefined): void => {
    const key = [...addresses].sort().join(' ')
    const known = heads.get(key)
    if (known !== undefined) {
      head = known
      return
    }
    const name = isName(contact) ? contact : addresses.map(named).join(', ')
    heads.set(key, (head = { name: name === '' ? file.name : name, id: `sms:${key}` }))
  }
  return {
    head: () => head,
    read(chunk): ReadChunk {
      const [message] = tagsOf(chunk, /^<mms/i.test(chunk) ? 'mms' : 'sms')
      if (message === undefined) return { unread: 'message' }
      const box = message.get('type') ?? message.get('msg_box') ?? ''
      if (box === DRAFT) return { unread: 'draft' }
      const addresses = (message.get('address') ?? '')
        .split('~')
        .map(plainNumber)
        .filter((one) => one !== '' && one !== INSERTED)
      const contact = message.get('contact_name')
      const people = addresses.length > 1 ? (contact ?? '').split(/, ?/) : [contact]
      if (people.length === addresses.length)
        for (const [i, number] of addresses.entries()) {
          const one = people[i]
          if (isName(one) && !names.has(number)) names.set(number, one)
        }
      place(addresses, contact)
      const outgoing = OUTGOING.has(box)
      const stamp = message.get('date') ?? ''
      // some phones give the dates of an MMS in seconds
      const time = /^\d{9,10}$/.test(stamp) ? Number(stamp) * 1000 : /^\d{11,14}$/.test(stamp) ? Number(stamp) : null
      const subject = message.get('subject') ?? message.get('sub')
      const files: ParsedFile[] = []
      const texts = [subject, message.get('body')]
      for (const part of tagsOf(chunk, 'part')) {
        const type = part.get('ct') ?? ''
        if (type === 'application/smil') continue
        if (type === 'text/plain') texts.push(part.get('text'))
        else files.push(fileOfPart(part, type))
      }
      const text = texts.filter((one) => one !== undefined && one !== '').join('\n')
      const from = tagsOf(chunk, 'addr')
        .find((one) => one.get('type') === FROM)
        ?.get('address')
      const number = addresses.length > 1 && from !== undefined && from !== INSERTED ? plainNumber(from) : (addresses[0] ?? '?')
      if (text === '' && files.length === 0) return { unread: 'text' }
      const read: ParsedMessage = { sender: outgoing ? 'Me' : named(number), time, text, outgoing }
      if (files.length > 0) read.files = files
      return time === null ? { ...read, written: beginning(message.get('readable_date') ?? stamp) } : read
    }
  }
}

function fileOfPart(part: Map<string, string>, type: string): ParsedFile {
  const given = [part.get('name'), part.get('cl'), part.get('fn')].find((one) => one !== undefined && one !== '')
  const ending =
    type
      .split('/')[1]
      ?.replace(/^jpeg$/, 'jpg')
      .replace(/[^\w-].*$/, '') ?? 'bin'
  const name = given === undefined ? `${type.split('/')[0] ?? 'file'}.${ending}` : /\.\w{1,5}$/.test(given) ? given : `${given}.${ending}`
  const kind = type.startsWith('image/') ? 'image' : type.startsWith('video/') ? 'video' : type.startsWith('audio/') ? 'voice' : kindOf(name)
  const place = part.get('data')
  return { kind, name: name.split(/[\\/]/).at(-1) ?? name, bytes: null, source: place === undefined ? null : PART + place }
}

/** Backups of SMS and MMS. */
const backup = chunkHistory({
  format: 'sms',
  matches: ({ head }) => /<smses\b/.test(head) && /<(?:sms|mms)\b/.test(head),
  starts: ['<sms ', '<mms '],
  open
})
export const smsBackup: typeof backup = {
  ...backup,
  read: (file, options) => backup.read({ ...file, pieces: () => attributesWithoutData(file.pieces()) }, options)
}
