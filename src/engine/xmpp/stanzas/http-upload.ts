/** XEP-0363 HTTP File Upload: which service takes files, how large, and where one may be put. */
import { xml, type Element } from '@xmpp/client'
import type { Jid } from '../../../contract/domain.ts'
import { fieldValue } from './data-form.ts'
import type { Info } from './disco.ts'
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

/** What a service says of itself; null: it takes no files. */
export function uploadService({ features, forms }: Info, jid: Jid): UploadService | null {
  if (!features.has(NS.upload)) return null
  const bytes = Number(
    fieldValue(
      forms.find((form) => fieldValue(form, 'FORM_TYPE') === NS.upload),
      'max-file-size'
    ) ?? NaN
  )
  return { jid, largest: Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null }
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
