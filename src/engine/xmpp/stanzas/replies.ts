/** XEP-0461 Message Replies, and the part of a body that only says the same again (XEP-0428). */
import { xml, type Element } from '@xmpp/client'
import { without, type Fallback } from '../omemo/sealed.ts'
import { NS } from './namespaces.ts'

/** The id of the message that this one answers, or null. */
export function replyTarget(stanza: Element): string | null {
  const id = stanza.getChild('reply', NS.replies)?.attrs['id']
  return id === undefined || id === '' || id.length > 1000 ? null : id
}

/** Where in the body stands what stands in for a reply; null: nowhere. */
export function fallbackOf(stanza: Element): Fallback | null {
  const fallback = stanza.getChildren('fallback', NS.fallback).find((one) => one.attrs['for'] === NS.replies)
  if (fallback === undefined) return null
  const { start, end } = fallback.getChild('body')?.attrs ?? {}
  return { start: Number(start ?? 0), end: end === undefined ? null : Number(end) }
}

/** The body without what stands in for a reply. */
export function withoutFallback(stanza: Element, body: string): string {
  const fallback = fallbackOf(stanza)
  return fallback === null ? body : without(body, fallback)
}

/** What a reply adds to a message, and the body with a quotation for those who do not know replies. */
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
