/** XEP-0461 Message Replies, and their fallback text (XEP-0428). */
import { xml, type Element } from '@xmpp/client'
import { without, type Fallback } from '../omemo/sealed.ts'
import { NS } from './namespaces.ts'
import { idOf } from './stable-ids.ts'

/** Id of the message that this one answers, or null. */
export const replyTarget = (stanza: Element): string | null => idOf(stanza.getChild('reply', NS.replies)?.attrs['id'])

/** Range of the reply fallback in the body; null: none. */
export function fallbackOf(stanza: Element): Fallback | null {
  const fallback = stanza.getChildren('fallback', NS.fallback).find((one) => one.attrs['for'] === NS.replies)
  if (fallback === undefined) return null
  const { start, end } = fallback.getChild('body')?.attrs ?? {}
  return { start: Number(start ?? 0), end: end === undefined ? null : Number(end) }
}

/** Body without the reply fallback. */
export function withoutFallback(stanza: Element, body: string): string {
  const fallback = fallbackOf(stanza)
  return fallback === null ? body : without(body, fallback)
}

/** Elements of a reply, and the body with a quotation for clients without replies. */
export function encodeReply(text: string, reply: { id: string; to: string; text: string } | null): { body: string; elements: Element[] } {
  if (reply === null) return { body: text, elements: [] }
  const quotation = `${reply.text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')}\n`
  const end = [...quotation].length
  return {
    body: `${quotation}${text}`,
    elements: [
      xml('reply', { xmlns: NS.replies, id: reply.id, to: reply.to }),
      xml('fallback', { xmlns: NS.fallback, for: NS.replies }, xml('body', { start: '0', end: String(end) }))
    ]
  }
}
