/** XEP-0490 Message Displayed Synchronization: how far our devices have read, kept in our own account (XEP-0163). */
import { xml, type Element } from '@xmpp/client'
import { parseJid } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import { NS } from './namespaces.ts'

export interface DisplayedMark {
  conversation: Jid
  /** What the archive of the conversation gave the message that was read last. */
  stanzaId: string
}

const field = (name: string, value: string, type?: string): Element => xml('field', { var: name, ...(type === undefined ? {} : { type }) }, xml('value', {}, value))

/** Tells our other devices. `by`: whose archive gave the id. */
export const publishDisplayed = ({ conversation, stanzaId }: DisplayedMark, by: string): Element =>
  xml(
    'iq',
    { type: 'set' },
    xml(
      'pubsub',
      { xmlns: NS.pubsub },
      xml('publish', { node: NS.displayedSync }, xml('item', { id: conversation }, xml('displayed', { xmlns: NS.displayedSync }, xml('stanza-id', { xmlns: NS.stableId, by, id: stanzaId })))),
      xml(
        'publish-options',
        {},
        xml(
          'x',
          { xmlns: NS.dataForm, type: 'submit' },
          field('FORM_TYPE', `${NS.pubsub}#publish-options`, 'hidden'),
          field('pubsub#persist_items', 'true'),
          field('pubsub#max_items', 'max'),
          field('pubsub#send_last_published_item', 'never'),
          field('pubsub#access_model', 'whitelist')
        )
      )
    )
  )

export const displayedMarksQuery = (): Element => xml('iq', { type: 'get' }, xml('pubsub', { xmlns: NS.pubsub }, xml('items', { node: NS.displayedSync })))

export function displayedMarks(answer: Element): DisplayedMark[] {
  const items = answer.getChild('pubsub', NS.pubsub)?.getChild('items')?.getChildren('item') ?? []
  return items.flatMap((item) => {
    const conversation = parseJid(item.attrs['id'] ?? '')
    const stanzaId = item.getChild('displayed', NS.displayedSync)?.getChild('stanza-id', NS.stableId)?.attrs['id']
    return conversation === null || stanzaId === undefined || stanzaId === '' ? [] : [{ conversation, stanzaId }]
  })
}
