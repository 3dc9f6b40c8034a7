/** XEP-0203 Delayed Delivery and XEP-0082 date-times. */
import type { Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** The stamp in ms, or null where there is none or it is no date. */
export function delayStamp(element: Element): number | null {
  const stamp = element.getChild('delay', NS.delay)?.attrs['stamp']
  if (stamp === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(stamp)) return null
  const time = Date.parse(stamp)
  return Number.isNaN(time) ? null : time
}
