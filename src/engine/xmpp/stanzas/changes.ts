/** Changes to sent messages: XEP-0308 correction, XEP-0424 retraction, XEP-0425 moderation, XEP-0444 reactions. */
import { xml, type Element } from '@xmpp/client'
import type { ChangeKind, ConversationKind } from '../../../contract/domain.ts'
import { plainName } from '../../file-names.ts'
import { NS } from './namespaces.ts'
import { idOf } from './stable-ids.ts'
import { sendable } from './text.ts'

export interface DecodedChange {
  kind: ChangeKind
  /** Id of the changed message, as it was sent or archived. */
  target: string
  /** New text, or emoji separated by spaces; empty for a retraction. */
  text: string
}

/** Largest number of reactions of one person to one message; more are dropped. */
const MOST_REACTIONS = 16
const LONGEST_REACTION = 32

/** Change in a message stanza, or null. `body`: its text. */
export function decodeChange(stanza: Element, body: string): DecodedChange | null {
  const made = (kind: ChangeKind, id: string | undefined, text: string): DecodedChange | null =>
    idOf(id) === null ? null : { kind, target: idOf(id) ?? '', text }
  // a text that is not marked as fallback is a message, whatever stands beside it
  const isFallback = stanza.getChildren('fallback', NS.fallback).some((one) => one.attrs['for'] !== NS.replies)
  const hasWords = body !== '' && !isFallback
  const retraction =
    hasWords && !(isModeration(stanza) && stanza.attrs['from']?.includes('/') === false) ? undefined : stanza.getChild('retract', NS.retraction)
  if (retraction !== undefined) return made('retraction', retraction.attrs['id'], '')
  // XEP-0424 before version 0.4, whose body just mentions the retraction
  const applied = stanza.getChild('apply-to', NS.fasten)
  const fastened = applied?.getChild('moderated', NS.oldModeration) ?? applied
  if (applied !== undefined && fastened?.getChild('retract', NS.oldRetraction) !== undefined) return made('retraction', applied.attrs['id'], '')
  const reactions = hasWords ? undefined : stanza.getChild('reactions', NS.reactions)
  if (reactions !== undefined) {
    const emoji = reactions.getChildren('reaction').map((reaction) => plainName(reaction.text()))
    const kept = [...new Set(emoji)].filter((one) => one !== '' && one.length <= LONGEST_REACTION && !/\s/.test(one)).slice(0, MOST_REACTIONS)
    return made('reactions', reactions.attrs['id'], kept.join(' '))
  }
  const replaced = stanza.getChild('replace', NS.correction)
  return replaced === undefined || body === '' ? null : made('correction', replaced.attrs['id'], body)
}

/** True if a group's own stanza reports a retraction by its moderators (XEP-0425 section 4). */
export const isModeration = (stanza: Element): boolean =>
  stanza.getChild('retract', NS.retraction)?.getChild('moderated', NS.moderation) !== undefined ||
  stanza.getChild('apply-to', NS.fasten)?.getChild('moderated', NS.oldModeration) !== undefined

/** Requests a retraction by the group for everyone; `features`: of the group (XEP-0425, or its version before 0.3). Null: unsupported. */
export function moderate(group: string, stanzaId: string, features: ReadonlySet<string>): Element | null {
  if (features.has(NS.moderation))
    return xml('iq', { type: 'set', to: group }, xml('moderate', { xmlns: NS.moderation, id: stanzaId }, xml('retract', { xmlns: NS.retraction })))
  if (!features.has(NS.oldModeration)) return null
  return xml(
    'iq',
    { type: 'set', to: group },
    xml('apply-to', { xmlns: NS.fasten, id: stanzaId }, xml('moderate', { xmlns: NS.oldModeration }, xml('retract', { xmlns: NS.oldRetraction })))
  )
}

/** Stanza of a change; `id` is its origin-id. */
export function encodeChange(to: string, conversation: ConversationKind, change: DecodedChange, id: string): Element {
  const { kind, target, text } = change
  const common = [xml('origin-id', { xmlns: NS.stableId, id }), xml('store', { xmlns: NS.hints })]
  const attributes = { to, type: conversation === 'group' ? 'groupchat' : 'chat', id }
  switch (kind) {
    case 'correction':
      return xml('message', attributes, xml('body', {}, sendable(text)), xml('replace', { xmlns: NS.correction, id: target }), ...common)
    case 'retraction':
      return xml(
        'message',
        attributes,
        xml('retract', { xmlns: NS.retraction, id: target }),
        // for clients with XEP-0424 before version 0.4
        xml('apply-to', { xmlns: NS.fasten, id: target }, xml('retract', { xmlns: NS.oldRetraction })),
        // shown by clients without retractions
        xml('fallback', { xmlns: NS.fallback, for: NS.retraction }),
        xml('body', {}, 'This person attempted to retract a previous message, but it\u2019s unsupported by your client.'),
        ...common
      )
    case 'reactions':
      return xml(
        'message',
        attributes,
        xml('reactions', { xmlns: NS.reactions, id: target }, ...text.split(' ').flatMap((emoji) => (emoji === '' ? [] : [xml('reaction', {}, emoji)]))),
        ...common
      )
  }
}
