/** XEP-0313 Message Archive Management, with XEP-0059 paging. */
import { xml, type Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import { delayStamp, type ServerTime } from './delay.ts'
import { NS } from './namespaces.ts'
import { archiveIdOf, idOf } from './stable-ids.ts'

export interface ArchiveQuery {
  /** Group whose archive is queried; null: our own account's archive. */
  archive: string | null
  queryId: string
  /** Archive ids, exclusive; before '' requests the last page. */
  after?: string | null
  before?: string
  max: number
}

export function archiveQuery(query: ArchiveQuery): Element {
  const form = [xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, NS.mam))]
  const set = [xml('max', {}, String(query.max))]
  if (query.after !== undefined && query.after !== null) set.push(xml('after', {}, query.after))
  if (query.before !== undefined) set.push(query.before === '' ? xml('before') : xml('before', {}, query.before))
  return xml(
    'iq',
    { type: 'set', ...(query.archive === null ? {} : { to: query.archive }) },
    xml('query', { xmlns: NS.mam, queryid: query.queryId }, xml('x', { xmlns: NS.dataForm, type: 'submit' }, ...form), xml('set', { xmlns: NS.rsm }, ...set))
  )
}

/** Message of an archive. */
export interface UndatedMessage {
  /** Id for queries, or '' if there is none, or one that is too long. */
  archiveId: string
  /** Id as stored; null: none. */
  stanzaId: string | null
  /** Time, ms; null: the archive does not tell. */
  time: number | null
  message: Element
}
export type ArchivedMessage = UndatedMessage & { time: number }

/** Archived message of an open query, or null: not a result, another query's result, or from an archive that was not queried. */
export function archiveResult(stanza: Element, query: Pick<ArchiveQuery, 'archive' | 'queryId'>, own: string, clock?: ServerTime): UndatedMessage | null {
  const result = stanza.getChild('result', NS.mam)
  if (result === undefined || result.attrs['queryid'] !== query.queryId) return null
  const from = stanza.attrs['from']
  const sender = from === undefined ? bare(own) : parseJid(from)
  if (sender !== (query.archive ?? bare(own))) return null
  const archiveId = result.attrs['id']
  const forwarded = result.getChild('forwarded', NS.forward)
  const message = forwarded?.getChild('message', 'jabber:client') ?? forwarded?.getChild('message')
  if (archiveId === undefined || forwarded === undefined || message === undefined) return null
  return { archiveId: idOf(archiveId) ?? '', stanzaId: archiveIdOf(archiveId), time: delayStamp(forwarded, clock), message }
}

export const isArchiveResult = (stanza: Element): boolean => stanza.getChild('result', NS.mam) !== undefined

export interface ArchivePage {
  complete: boolean
  first: string | null
  last: string | null
}

export function archivePage(answer: Element): ArchivePage {
  const fin = answer.getChild('fin', NS.mam)
  const set = fin?.getChild('set', NS.rsm)
  return {
    complete: fin?.attrs['complete'] === 'true' || fin?.attrs['complete'] === '1',
    first: idOf(set?.getChildText('first')),
    last: idOf(set?.getChildText('last'))
  }
}
