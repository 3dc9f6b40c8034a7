/** Several messages forwarded as one text: quotations, each headed by author and time (engine/xmpp/stanzas/styling.ts). Pure. */

export interface ForwardedMessage {
  sender: string
  /** Time as written by the forwarding client, in its time zone: 2026-11-25 03:58. */
  time: string
  text: string
}

const HEAD = /^> \*(.+)\* (\d{4}-\d\d-\d\d \d\d:\d\d)$/
/** Whether a text, possibly cut off at its end, begins with the head of a merged forward. */
export const beginsMerged = (text: string): boolean => HEAD.test(text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n')))

/** Messages quoted in a merged forward; null if the text is none. */
export function mergedForward(text: string): ForwardedMessage[] | null {
  if (!beginsMerged(text)) return null
  const messages: ForwardedMessage[] = []
  let gap = true
  for (const line of text.split('\n')) {
    const [, sender, time] = (gap ? HEAD.exec(line) : null) ?? []
    if (sender !== undefined && time !== undefined) messages.push({ sender, time, text: '' })
    else if (line === '') {
      if (gap) return null
      gap = true
      continue
    } else {
      const last = messages.at(-1)
      if (last === undefined || gap || !/^>( |$)/.test(line)) return null
      last.text += `${last.text === '' ? '' : '\n'}${line.slice(2)}`
    }
    gap = false
  }
  return gap ? null : messages
}
