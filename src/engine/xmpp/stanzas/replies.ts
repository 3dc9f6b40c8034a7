/** XEP-0461 Message Replies, and the part of a body that only says the same again (XEP-0428). */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** The id of the message that this one answers, or null. */
export function replyTarget(stanza: Element): string | null {
  const id = stanza.getChild('reply', NS.replies)?.attrs['id']
  return id === undefined || id === '' || id.length > 1000 ? null : id
}

/** The body without what stands in for a reply; offsets count code points. */
export function withoutFallback(stanza: Element, body: string): string {
  const fallback = stanza.getChildren('fallback', NS.fallback).find((one) => one.attrs['for'] === NS.replies)
  const part = fallback?.getChild('body')
  if (fallback === undefined) return body
  const characters = [...body]
  const start = Number(part?.attrs['start'] ?? 0)
  const end = Number(part?.attrs['end'] ?? characters.length)
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > characters.length || start > end) return body
  const rest = [...characters.slice(0, start), ...characters.slice(end)].join('')
  // a reply that is all fallback is a text after all
  return rest === '' ? body : rest
}

/** What a reply adds to a message, and the body with a quotation for those who do not know replies. */
export function encodeReply(text: string, reply: { id: string; to: string; text: string } | null): { body: string; elements: Element[] } {
  if (reply === null) return { body: text, elements: [] }
  const quotation = `${reply.text.split('\n').map((line) => `> ${line}`).join('\n')}\n`
  const end = [...quotation].length
  return {
    body: `${quotation}${text}`,
    elements: [
      xml('reply', { xmlns: NS.replies, id: reply.id, to: reply.to }),
      xml('fallback', { xmlns: NS.fallback, for: NS.replies }, xml('body', { start: '0', end: String(end) }))
    ]
  }
}
