/** A group of thousands, simulated by the hostile server: a real one would need thousands of clients. */
import type { HostileServer } from './hostile-server.ts'

export const LARGE_GROUP = 'crowd@rooms.evil.example'

const item = "<item affiliation='none' role='participant'/>"
const presence = (nick: string, type: string, more: string): string =>
  `<presence from='${LARGE_GROUP}/${nick}' to='alice@evil.example/r'${type}><x xmlns='http://jabber.org/protocol/muc#user'>${more}</x></presence>`
export const nickOf = (i: number): string => `成员 ${i}`

/** Lets the joining client in, as in XEP-0045 section 7.2: everybody's presence, then its own. */
export async function letIn(server: HostileServer, count: number): Promise<void> {
  while (!server.heard.includes(`to="${LARGE_GROUP}/alice"`)) await new Promise((resolve) => setTimeout(resolve, 5))
  let text = ''
  for (let i = 0; i < count; i++) text += presence(nickOf(i), '', item)
  server.say(
    `${text}${presence('alice', '', `${item}<status code='110'/>`)}<message from='${LARGE_GROUP}' to='alice@evil.example/r' type='groupchat'><subject/></message>`
  )
}

/** Makes the first `count` occupants leave. */
export function empty(server: HostileServer, count: number): void {
  let text = ''
  for (let i = 0; i < count; i++) text += presence(nickOf(i), " type='unavailable'", "<item affiliation='none' role='none'/>")
  server.say(text)
}
