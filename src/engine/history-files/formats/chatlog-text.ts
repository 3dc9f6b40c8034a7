/**
 * Text of the WeChat tool chatlog, the usual answer of its /api/v1/chatlog: 'name(id) 05-31 09:30:00' above each message, with the year or the day alone as
 * far as the asked time needs them; messages of several groups have the group behind the name.
 */
import type { ConversationHead, ParsedFile, ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { datedStamps } from './copied-clocks.ts'
import { shownTime } from './day-words.ts'
import { HeadsByKey } from './json-history.ts'
import { notHere, withoutPlaceholders } from './left-out.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'

const TIME = String.raw`((?:(?:\d{4}-)?\d{2}-\d{2} )?\d{2}:\d{2}:\d{2})`
const ROOM = String.raw`(?: \[(?:(.+?)\()?([\w.@-]+)\)?\])?`
const HEADING = new RegExp(String.raw`^(?!>)(?:(\S.{0,59}?)\(([\w.@-]{2,60}|我)\)|(wxid_\w+|\d+@openim|系统消息|我))${ROOM} ${TIME}$`, 'u')
const IMAGE = /^!\[(图片|视频)\]\(\S+\)$/u
const VOICE = /^\[语音\]\(\S+\)$/u
const FILE = /^\[文件\|(.+?)\]\(\S*\)$/u
/** Links, mini programs and the like: the words, and the address. */
const LINK = /\[(链接|分享|小程序|视频号)\|([^\]]*)\]\((\S*?)\)/gu

/** Name, identity and room of a line above a message. */
function headingOf(line: string): { name: string; id: string; room: string | null; roomName: string | null; written: string } | null {
  const [, name, id, alone, roomName, room, written] = HEADING.exec(line.trimEnd()) ?? []
  return written === undefined ? null : { name: name ?? alone ?? '?', id: id ?? alone ?? '', room: room ?? null, roomName: roomName ?? null, written }
}

function contentOf(text: string, file: TextFile): Partial<ParsedMessage> {
  const files: ParsedFile[] = []
  const said = text.split('\n').filter((line) => {
    const picture = IMAGE.exec(line)?.[1]
    const name = FILE.exec(line)?.[1]
    if (picture !== undefined) files.push(notHere(picture === '图片' ? 'image' : 'video', picture))
    else if (VOICE.test(line)) files.push(notHere('voice', '语音'))
    else if (name !== undefined) files.push(fileOf(file, name, { name }))
    else return true
    return false
  })
  const plain = said
    .join('\n')
    .replace(LINK, (_, _kind, words: string, address: string) => `${words.replaceAll('|', '\n')}${address === '' ? '' : ` (${address})`}`)
    .trim()
  return files.length > 0 ? { text: plain, files } : (withoutPlaceholders(plain, file) ?? { text: plain })
}

function open(file: TextFile): TextReader {
  const heads = new HeadsByKey()
  let head: ConversationHead = { name: file.name, id: null }
  return {
    line(text): LineRead {
      const found = headingOf(text)
      const shown = found === null ? null : shownTime(found.written)
      if (found === null || shown === null) return null
      const { room, roomName } = found
      head = heads.get(room ?? '', () => ({ name: roomName ?? room ?? file.name, id: room === null ? null : `wechat:${room}` }))
      const [stamp = null] = datedStamps([shown], file.saved ?? Date.now())
      // the tool names the owner by this word
      const own = found.id === '我' ? { outgoing: true } : found.id.startsWith('wxid_') ? { outgoing: false } : {}
      return { stamp, written: found.written, sender: found.id === '系统消息' ? null : found.name, text: '', ...own }
    },
    head: () => head,
    content: (text) => contentOf(text.replace(/^\n+/, ''), file)
  }
}

/** Text of chatlog. */
export const chatlogText = textHistory({
  format: 'wechat',
  matches: ({ lines }) => {
    const found = lines.slice(0, 60).map(headingOf)
    // ids of WeChat, or the word for the owner
    return found[0] !== null && found[0] !== undefined && found.filter((one) => one !== null && /^wxid_|^我$|@|^gh_/.test(one.id)).length >= 2
  },
  open
})
