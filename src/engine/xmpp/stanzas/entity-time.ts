/** XEP-0202 Entity Time: time of a server's clock. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

export const timeQuery = (to: string): Element => xml('iq', { type: 'get', to }, xml('time', { xmlns: NS.time }))

/** Time in ms; null: no valid date. */
export function timeOf(answer: Element): number | null {
  const utc = answer.getChild('time', NS.time)?.getChildText('utc') ?? ''
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(utc) ? Date.parse(utc) : NaN
  return Number.isNaN(time) || time < 0 ? null : time
}
