/** XEP-0045 Multi-User Chat: joining. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** Joins without the room's own replay: its archive is the source. */
export const joinGroup = (group: string, nick: string): Element =>
  xml('presence', { to: `${group}/${nick}` }, xml('x', { xmlns: NS.muc }, xml('history', { maxstanzas: '0' })))

/** Section 7.14. */
export const leaveGroup = (group: string, nick: string): Element => xml('presence', { to: `${group}/${nick}`, type: 'unavailable' })

export type JoinAnswer = { kind: 'joined'; nick: string } | { kind: 'refused'; condition: string }

const statusCodes = (stanza: Element): string[] => (stanza.getChild('x', NS.mucUser)?.getChildren('status') ?? []).map((s) => s.attrs['code'] ?? '')

/** Whether a presence answers our joining: our own (status 110) or an error. */
export function joinAnswer(stanza: Element, group: string): JoinAnswer | null {
  const [room = '', nick = ''] = splitOccupant(stanza.attrs['from'] ?? '')
  if (room !== group) return null
  if (stanza.attrs['type'] === 'error') return { kind: 'refused', condition: stanza.getChild('error')?.getChildElements()[0]?.name ?? 'error' }
  return stanza.attrs['type'] === undefined && statusCodes(stanza).includes('110') ? { kind: 'joined', nick } : null
}

function splitOccupant(jid: string): [string, string] {
  const slash = jid.indexOf('/')
  return slash < 0 ? [jid.toLowerCase(), ''] : [jid.slice(0, slash).toLowerCase(), jid.slice(slash + 1)]
}

/** Asks the room to open with its defaults (section 10.1.2); harmless where it is open already. */
export const acceptDefaults = (group: string): Element =>
  xml('iq', { type: 'set', to: group }, xml('query', { xmlns: `${NS.muc}#owner` }, xml('x', { xmlns: NS.dataForm, type: 'submit' })))

export const isNewRoom = (stanza: Element): boolean => statusCodes(stanza).includes('201')

/** XEP-0030: asks for the room's name. */
export const groupInfo = (group: string): Element => xml('iq', { type: 'get', to: group }, xml('query', { xmlns: NS.disco }))

export const groupName = (answer: Element): string =>
  (answer.getChild('query', NS.disco)?.getChildren('identity') ?? []).find((i) => i.attrs['category'] === 'conference')?.attrs['name'] ?? ''
