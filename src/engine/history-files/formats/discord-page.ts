/**
 * Pages of DiscordChatExporter, its usual format: messages in groups of one author, since 2021 each with its own time. Reactions have no people there.
 */
import { reactionsBy, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import { attributeOf, plainText, within } from './markup.ts'
import { readStamp } from './stamps.ts'

const GROUP = '<div class="chatlog__message-group'
const CONTAINERS = ['<div id="chatlog__message-container-', '<div class="chatlog__message-container']
const MESSAGES = ['<div class="chatlog__message ', '<div class="chatlog__message"']
const ADDRESS = /<(?:a|img|video|audio|source)\b([^>]*)>/g
/** 'Image: x.png (1 KB)' */
const TITLE = /^(?:Image|Video|Audio|Generic|GIF)(?: attachment)?: (.+?)(?: \([^()]*\))?$/

/** Files of a message; `spoilers` too. */
function filesOf(markup: string, file: TextFile): ParsedFile[] {
  return markup
    .split(/(?=<div class="chatlog__attachment[ "])/)
    .slice(1)
    .flatMap((part) => {
      const block = within(part, 'chatlog__attachment')
      const attributes = [...block.matchAll(ADDRESS)].map(([, found = '']) => found)
      const address = attributes.map((one) => attributeOf(one, 'href') ?? attributeOf(one, 'src')).find((one) => one !== null && !one.startsWith('#'))
      if (address === undefined || address === null) return []
      const titles = [...attributes, ...[...block.matchAll(/<div\b([^>]*title=[^>]*)>/g)].map(([, found = '']) => found)]
      const title = titles.map((one) => TITLE.exec(attributeOf(one, 'title') ?? '')?.[1]).find((one) => one !== undefined)
      const named = title ?? plainText(within(block, 'chatlog__attachment-generic-name').replace(/<[^>]*>/g, '')).trim()
      return [fileOf(file, address, named === '' ? {} : { name: named })]
    })
}

function open(file: TextFile): ChunkReader {
  const head: ConversationHead = { name: file.name, id: null }
  let [sender, written] = ['?', '']
  /** Of the container around a message. */
  let around: { id: string | undefined; pinned: boolean } = { id: undefined, pinned: false }
  /** Takes author and time out of a piece that has them. */
  const learn = (chunk: string): void => {
    const name =
      plainText(within(chunk, 'chatlog__author(?:-name)?(?=["\\s])')).trim() || plainText(within(chunk, 'chatlog__system-notification-author')).trim()
    if (name !== '') sender = name
    const time = ['chatlog__timestamp', 'chatlog__system-notification-timestamp'].map((one) =>
      plainText(within(chunk, one).replace(/<\/?a\b[^>]*>/g, '')).trim()
    )
    const short = attributeOf(/<(?:div|span)\b([^>]*chatlog__short-timestamp[^>]*)>/.exec(chunk)?.[1] ?? '', 'title') ?? ''
    written = time.find((one) => one !== '') ?? (short === '' ? written : short)
  }
  return {
    before(markup) {
      const entries = [...markup.matchAll(/<div class="preamble__entry[^"]*">([\s\S]*?)<\/div>/g)].map(([, entry = '']) => plainText(entry).trim())
      const guild = entries[0] ?? plainText(within(markup, 'info__guild-name')).trim()
      const channel = entries[1] ?? plainText(within(markup, 'info__channel-name')).trim()
      const name = channel.split(' / ').at(-1) ?? ''
      if (name !== '') head.name = guild === '' || guild === 'Direct Messages' ? name : `${guild} #${name}`
    },
    head: () => head,
    read(chunk): ReadChunk {
      learn(chunk)
      const id = /(?:data-message-id="|id="(?:chatlog__message-container-|message-))(\d+)"/.exec(chunk)?.[1]
      const isPinned = /--pinned/.test(chunk.slice(0, 200))
      if (!MESSAGES.some((start) => chunk.startsWith(start))) {
        around = { id, pinned: isPinned }
        return null
      }
      const { id: outer, pinned } = around
      around = { id: undefined, pinned: false }
      const event = plainText(within(chunk, 'chatlog__system-notification-content')).replace(/\s+/g, ' ').trim()
      const call = /^started a call\b/.test(event)
      if (event !== '' && !call) return 'notice'
      const content = within(chunk, 'chatlog__content').replace(/<span class="chatlog__edited-timestamp"[\s\S]*?<\/span>/g, '')
      const texts = [call ? `📞 ${event}` : plainText(content.replace(/<!--[\s\S]*?-->/g, '')).trim()]
      for (const [, part = ''] of chunk.matchAll(
        /<div class="chatlog__embed-text">([\s\S]*?)(?=<div class="chatlog__embed[ "]|<div class="chatlog__reactions|$)/g
      )) {
        const said = plainText(within(`<div class="chatlog__embed-text">${part}`, 'chatlog__embed-text'))
          .replace(/\n{2,}/g, '\n')
          .trim()
        if (said !== '') texts.push(said)
      }
      for (const [, title = ''] of chunk.matchAll(/class="chatlog__sticker"[^>]*title="Sticker: ([^"]*)"/g)) texts.push(`[${plainText(title)}]`)
      const message: ParsedMessage = { sender, time: null, text: texts.filter((part) => part !== '').join('\n') }
      const own = outer ?? id
      if (own !== undefined) message.id = own
      const answered = /scrollToMessage\(event, (?:'|&#x27;|&#39;|&apos;)(\d+)/.exec(chunk)?.[1]
      if (answered !== undefined) message.replyTo = answered
      if (/chatlog__edited-timestamp/.test(chunk.replace(within(chunk, 'chatlog__reply(?=["\\s])'), ''))) message.edited = true
      if (pinned || isPinned) message.pinned = true
      const reactions = [...chunk.matchAll(/<div class="chatlog__reaction"[^>]*>([\s\S]*?)<\/div>/g)].flatMap(([, one = '']) =>
        reactionsBy(
          plainText(attributeOf(/<img\b([^>]*)>/.exec(one)?.[1] ?? '', 'alt') ?? '').trim(),
          [],
          Number(/chatlog__reaction-count">\s*(\d+)/.exec(one)?.[1] ?? 1)
        )
      )
      if (reactions.length > 0 && own !== undefined) message.reactions = reactions
      const files = filesOf(chunk, file)
      if (files.length > 0) message.files = files
      return message.text === '' && files.length === 0 ? { unread: 'text' } : { ...message, dated: readStamp(written), written }
    }
  }
}

/** Pages of DiscordChatExporter. */
export const discordPage = chunkHistory({
  format: 'discord',
  matches: ({ head }) => /<div class="chatlog__message-group|\bclass="chatlog"|\.chatlog__message-group\b/.test(head),
  starts: [GROUP, ...CONTAINERS, ...MESSAGES],
  open
})
