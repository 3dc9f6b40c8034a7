/** XMPP addresses (RFC 7622): local@domain/resource. */
import type { Jid } from './domain.ts'

const FORBIDDEN_LOCAL = /[\s"&'/:<>@]/u
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** Parses an address into its comparable form; null if it is invalid. Each part may take 1023 bytes. */
export function parseJid(text: string): Jid | null {
  const slash = text.indexOf('/')
  const bareText = (slash < 0 ? text : text.slice(0, slash)).trim()
  // unchanged: in a group it is a nickname, and "alice " is another person than "alice"
  const resourceText = slash < 0 ? null : text.slice(slash + 1)
  const at = bareText.indexOf('@')
  const local = at < 0 ? null : bareText.slice(0, at).normalize('NFC').toLowerCase()
  const domain = bareText
    .slice(at + 1)
    .normalize('NFC')
    .toLowerCase()
    .replace(/\.$/, '')
  if (domain === '' || /[\s@/'"<>&:]/u.test(domain) || CONTROL.test(domain) || domain.length > 1023) return null
  if (local !== null && (local === '' || local.length > 1023 || FORBIDDEN_LOCAL.test(local) || CONTROL.test(local))) return null
  // nicknames may contain joiners of letters and emoji
  if (resourceText !== null && (resourceText === '' || resourceText.length > 1023 || UNFIT.test(resourceText))) return null
  return `${local === null ? '' : `${local}@`}${domain}${resourceText === null ? '' : `/${resourceText}`}` as Jid
}

/** Parses an address from the stream like parseJid, but accepts an odd resource that some server let through, so that no message is lost. */
export function addressOf(text: string): Jid | null {
  const whole = parseJid(text)
  const slash = text.indexOf('/')
  if (whole !== null || slash < 0) return whole
  const account = parseJid(text.slice(0, slash))
  const fit = text
    .slice(slash + 1)
    .replaceAll(new RegExp(UNFIT, 'gu'), '\ufffd')
    .slice(0, 1023)
  return account === null || fit === '' ? account : parseJid(`${account}/${fit}`)
}

/** local@domain without the resource. */
export function bare(jid: string): Jid {
  const slash = jid.indexOf('/')
  return (slash < 0 ? jid : jid.slice(0, slash)) as Jid
}

/** Text after the slash (in a group: the nickname), or an empty string. */
export function resource(jid: string): string {
  const slash = jid.indexOf('/')
  return slash < 0 ? '' : jid.slice(slash + 1)
}

export function domainOf(jid: string): string {
  const address = bare(jid)
  return address.slice(address.indexOf('@') + 1)
}

/** Domain of imported conversations; no server's domain ends like this (RFC 2606 section 2). */
export const IMPORT_DOMAIN = 'import.invalid'
export const isImported = (jid: string): boolean => domainOf(jid) === IMPORT_DOMAIN

export function localOf(jid: string): string {
  const at = jid.indexOf('@')
  return at < 0 ? jid : jid.slice(0, at)
}

/** Link to a bare address, escaped where necessary (RFC 5122 section 2.2). */
export const xmppUri = (jid: string): string => `xmpp:${jid.split('@').map(encodeURIComponent).join('@')}`

/** Name in place of several people who reacted, in a history file that has their number only. */
export const unnamedPeople = (count: number): string => `×${count}`
/** Number of people that a name in an imported history stands for. */
export const unnamedIn = (name: string): number => Number(/^×(\d{1,9})$/.exec(name)?.[1] ?? 1)
