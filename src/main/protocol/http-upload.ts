/** XEP-0363 HTTP File Upload: which service takes files, how large, and where one may be put. */
import { xml, type Element } from '@xmpp/client'
import { parseJid } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import { NS } from './namespaces.ts'

export interface UploadService {
  jid: Jid
  /** The largest file it takes, bytes; null: it does not say. */
  largest: number | null
}

export interface UploadSlot {
  /** Where the file is put, by HTTP PUT with these headers. */
  put: string
  headers: Record<string, string>
  /** Where it can be had then. */
  get: string
}

/** XEP-0030: the services of a server. */
export const itemsQuery = (domain: string): Element => xml('iq', { type: 'get', to: domain }, xml('query', { xmlns: NS.discoItems }))
export const services = (answer: Element): Jid[] =>
  (answer.getChild('query', NS.discoItems)?.getChildren('item') ?? []).flatMap((item) => parseJid(item.attrs['jid'] ?? '') ?? [])

export const infoQuery = (jid: string): Element => xml('iq', { type: 'get', to: jid }, xml('query', { xmlns: NS.disco }))

/** What a service says of itself; null: it takes no files. */
export function uploadService(answer: Element, jid: Jid): UploadService | null {
  const query = answer.getChild('query', NS.disco)
  if (query === undefined || !query.getChildren('feature').some((feature) => feature.attrs['var'] === NS.upload)) return null
  for (const form of query.getChildren('x', NS.dataForm)) {
    const field = (name: string): string | undefined =>
      form.getChildren('field').find((one) => one.attrs['var'] === name)?.getChild('value')?.text()
    const bytes = Number(field('max-file-size') ?? NaN)
    if (field('FORM_TYPE') === NS.upload && Number.isSafeInteger(bytes) && bytes > 0) return { jid, largest: bytes }
  }
  return { jid, largest: null }
}

export const slotRequest = (service: Jid, file: { name: string; bytes: number; type: string }): Element =>
  xml('iq', { type: 'get', to: service }, xml('request', { xmlns: NS.upload, filename: file.name, size: String(file.bytes), 'content-type': file.type }))

/** Section 5: no other headers than these may be sent, and no line breaks in them. */
const HEADERS = new Set(['authorization', 'cookie', 'expires'])

/** null: the answer has no slot, or one that is not encrypted. */
export function uploadSlot(answer: Element): UploadSlot | null {
  const slot = answer.getChild('slot', NS.upload)
  const put = slot?.getChild('put')
  const putUrl = put?.attrs['url'] ?? ''
  const get = slot?.getChild('get')?.attrs['url'] ?? ''
  if (put === undefined || !isWebUrl(putUrl) || !isWebUrl(get)) return null
  const headers = put.getChildren('header').flatMap((header): [string, string][] => {
    const name = (header.attrs['name'] ?? '').replace(/[\r\n]/g, '')
    return HEADERS.has(name.toLowerCase()) ? [[name, header.text().replace(/[\r\n]/g, '')]] : []
  })
  return { put: putUrl, get, headers: Object.fromEntries(headers) }
}

const LONGEST_URL = 4000
/** An address that files are fetched from and put to: encrypted, without a name and password in it. */
export function isWebUrl(text: string): boolean {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return false
  const url = new URL(text)
  return url.protocol === 'https:' && url.username === '' && url.password === ''
}
