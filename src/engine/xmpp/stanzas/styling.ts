/** XEP-0393 Message Styling of our own texts. */
import { LONGEST_TEXT, type Message } from '../../../contract/domain.ts'

/** Quotations of messages with author and time (XEP-0393): shown as such, or as plain text. */
export function quotations(messages: readonly Message[]): string {
  const lines = messages.map(({ senderName, time, text, attachments }) => {
    const said = [...attachments.map(({ name }) => `[${name}]`), text].filter((part) => part !== '').join('\n')
    return [
      `> *${senderName}* ${new Date(time).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' })}`,
      ...said.split('\n').map((line) => `> ${line}`)
    ].join('\n')
  })
  return lines.join('\n\n').slice(0, LONGEST_TEXT)
}
