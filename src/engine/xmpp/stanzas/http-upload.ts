/** XEP-0363 HTTP File Upload: service discovery, size limit, and upload slots. */
import { xml, type Element } from '@xmpp/client'
import type { Jid } from '../../../contract/domain.ts'
import { fieldValue } from './data-form.ts'
import type { Info } from './disco.ts'
import { NS } from './namespaces.ts'

export interface UploadService {
  jid: Jid
  /** Largest accepted file, bytes; null: not announced. */
  largest: number | null
}

export interface UploadSlot {
  /** Upload address, for HTTP PUT with these headers. */
  put: string
  headers: Record<string, string>
  /** Download address. */
  get: string
}

/** Upload service of a disco#info result; null: no upload service. */
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

/** Section 5: only these headers may be sent, without line breaks. */
const HEADERS = new Set(['authorization', 'cookie', 'expires'])

/** Slot in an answer; null: none, or one without TLS. */
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
/** True for addresses that files may be fetched from and uploaded to: https, without user name and password. */
export function isWebUrl(text: string): boolean {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return false
  const url = new URL(text)
  return url.protocol === 'https:' && url.username === '' && url.password === ''
}
