/** XEP-0163 Personal Eventing over XEP-0060: our own nodes, and notifications from others'. */
import { xml, type Element } from '@xmpp/client'
import { bare, parseJid } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import { submitForm } from './data-form.ts'
import { NS } from './namespaces.ts'

export interface Item {
  id: string
  /** Payload; null: the item was retracted. */
  payload: Element | null
}

/** Private nodes that keep each item until it is retracted. */
const PRIVATE = {
  'pubsub#persist_items': 'true',
  'pubsub#max_items': 'max',
  'pubsub#send_last_published_item': 'never',
  'pubsub#access_model': 'whitelist'
} as const
/** Largest number of items on servers that do not know 'max'. */
const MOST_ITEMS = 1000
/** Nodes for people who see our presence, with the last item only. */
const SHOWN = { 'pubsub#persist_items': 'true', 'pubsub#access_model': 'presence' } as const

/** Nodes for everybody (XEP-0384 section 4.2: a stranger may start a session). */
const OPEN = { 'pubsub#persist_items': 'true', 'pubsub#access_model': 'open' } as const
/** Open nodes with one item per device (XEP-0384 version 0.8, 'Bundles'). */
const OPEN_MANY = { ...OPEN, 'pubsub#max_items': 'max' } as const
const KEPT = { shown: SHOWN, open: OPEN, 'open-many': OPEN_MANY } as const

const options = (fields: Record<string, string>): Element => xml('publish-options', {}, submitForm(`${NS.pubsub}#publish-options`, fields))
const command = (type: 'get' | 'set', to: string | null, ...children: Element[]): Element =>
  xml('iq', { type, ...(to === null ? {} : { to }) }, xml('pubsub', { xmlns: NS.pubsub }, ...children))

/** `strict`: requires that the node keeps all items (XEP-0223); servers without publish options refuse that. */
export const publish = (node: string, id: string, payload: Element, kept: 'private' | keyof typeof KEPT, strict = true): Element =>
  command(
    'set',
    null,
    xml('publish', { node }, xml('item', { id }, payload)),
    options(kept !== 'private' ? KEPT[kept] : strict ? PRIVATE : { 'pubsub#access_model': 'whitelist' })
  )
/** Creates a node, to be configured afterwards: for servers that cannot create nodes on publish. */
export const createNode = (node: string): Element => command('set', null, xml('create', { node }))
/** Makes a node private, with many items. */
export const configureNode = (node: string): Element =>
  xml(
    'iq',
    { type: 'set' },
    xml(
      'pubsub',
      { xmlns: `${NS.pubsub}#owner` },
      xml(
        'configure',
        { node },
        submitForm(`${NS.pubsub}#node_config`, {
          'pubsub#persist_items': '1',
          'pubsub#access_model': 'whitelist',
          'pubsub#max_items': String(MOST_ITEMS),
          'pubsub#send_last_published_item': 'never'
        })
      )
    )
  )
/** Opens an existing node to everybody; `many`: with many items. */
export const openNode = (node: string, many = false): Element =>
  xml(
    'iq',
    { type: 'set' },
    xml(
      'pubsub',
      { xmlns: `${NS.pubsub}#owner` },
      xml(
        'configure',
        { node },
        submitForm(`${NS.pubsub}#node_config`, {
          'pubsub#persist_items': '1',
          'pubsub#access_model': 'open',
          ...(many ? { 'pubsub#max_items': String(MOST_ITEMS) } : {})
        })
      )
    )
  )
/** `of`: owner; null: our own account. */
export const itemsQuery = (node: string, of: string | null = null, id: string | null = null): Element =>
  command('get', of, xml('items', { node }, ...(id === null ? [] : [xml('item', { id })])))

const toItem = (item: Element): Item => ({ id: item.attrs['id'] ?? '', payload: item.getChildElements()[0] ?? null })
export const itemsOf = (answer: Element): Item[] => (answer.getChild('pubsub', NS.pubsub)?.getChild('items')?.getChildren('item') ?? []).map(toItem)

/** Notification in a message (XEP-0060 section 7.1.2.1), or null; it comes from the owner's bare address. */
export function eventOf(stanza: Element, own: Jid): { owner: Jid; node: string; items: Item[] } | null {
  const event = stanza.getChild('event', `${NS.pubsub}#event`)
  const items = event?.getChild('items')
  const node = items?.attrs['node']
  const from = parseJid(stanza.attrs['from'] ?? own)
  if (items === undefined || node === undefined || from === null || from !== bare(from) || stanza.attrs['type'] === 'error') return null
  return {
    owner: from,
    node,
    items: [...items.getChildren('item').map(toItem), ...items.getChildren('retract').map((item) => ({ id: item.attrs['id'] ?? '', payload: null }))]
  }
}
