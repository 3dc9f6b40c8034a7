/** Several messages that were forwarded as one: quotations, each headed by its author and time (engine/xmpp/stanzas/styling.ts). Pure. */

export interface ForwardedMessage {
  sender: string
  /** As it is written: 2026-11-25 03:58, of whoever forwarded it. */
  time: string
  text: string
}

const HEAD = /^> \*(.+)\* (\d{4}-\d\d-\d\d \d\d:\d\d)$/
/** Whether a text, or what was cut off its end, begins as one. */
export const beginsMerged = (text: string): boolean => HEAD.test(text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n')))

/** The messages that a text quotes; null: it is none of these. */
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
