/** Discord exports by DiscordChatExporter (JSON and text): one file per channel, with replies, reactions, pins, edits, stickers and files. */
import { beginning, reactionsBy, type ConversationHead, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { hasAll } from './format.ts'
import { jsonHistory, type JsonReader, type ReadMessage } from './json-history.ts'
import { at, firstText, instantOf, isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'
import { simplify, stampAt } from './stamps.ts'
import { textHistory, type LineRead, type TextReader } from './text-history.ts'

/** Types of messages written by people; numbers are types of Discord's API that the exporter does not name. */
const WRITTEN = new Set(['default', 'reply', 'call', 'threadstartermessage', 'chatinputcommand', 'contextmenucommand', '0', '19', '20', '21', '23'])

const nameOf = (person: unknown): string | null => firstText(at(person, 'nickname'), at(person, 'name'), at(person, 'id'))

function embedOf(embed: Record<string, unknown>): string {
  const parts = [embed['title'], embed['description'], ...recordsOf(embed['fields']).flatMap((field) => [field['name'], field['value']]), embed['url']]
  return parts
    .map(textOf)
    .filter((part) => part !== null)
    .join('\n')
}

function open(file: TextFile): JsonReader {
  let guild: unknown
  let channel: unknown
  let head: ConversationHead | null = null
  const headOf = (): ConversationHead => {
    if (head !== null) return head
    const name = firstText(at(channel, 'name')) ?? file.name
    const place = textOf(at(guild, 'id')) === '0' ? null : firstText(at(guild, 'name'))
    const id = textOf(at(channel, 'id'))
    return (head = { name: place === null || place === 'Direct Messages' ? name : `${place} #${name}`, id: id === null ? null : `discord:${id}` })
  }
  return {
    learn(value, path) {
      if (path[0] === 'guild') guild = value
      else channel = value
    },
    read(raw): ReadMessage {
      const type = (textOf(raw['type']) ?? 'Default').toLowerCase()
      if (!WRITTEN.has(type)) return 'notice'
      const text = textOf(raw['content']) ?? ''
      const time = instantOf(raw['timestamp'])
      const parts = [text]
      if (type === 'call') parts.unshift('📞')
      // the embed of a URL in the text is a preview, not the author's text
      for (const embed of recordsOf(raw['embeds'])) {
        const address = textOf(embed['url'])
        if (address === null || !text.includes(address)) parts.push(embedOf(embed))
      }
      const poll = raw['poll']
      if (isRecord(poll)) {
        const answers = recordsOf(poll['answers']).map((one) => {
          const count = numberOf(one['count'] ?? one['voteCount'])
          return `☐ ${firstText(one['text'], at(one, 'poll_media', 'text'), at(one, 'pollMedia', 'text')) ?? ''}${count === null ? '' : ` (${count})`}`
        })
        parts.push([`📊 ${firstText(poll['question'], at(poll['question'], 'text')) ?? ''}`, ...answers].join('\n'))
      }
      // a forwarded message is nested, without an author
      const forwarded = isRecord(raw['forwardedMessage']) ? raw['forwardedMessage'] : {}
      if (forwarded === raw['forwardedMessage'])
        parts.push(['↪', textOf(forwarded['content'])].filter((part) => part !== null).join(' '), ...recordsOf(forwarded['embeds']).map(embedOf))
      for (const sticker of [...recordsOf(raw['stickers']), ...recordsOf(forwarded['stickers'])]) parts.push(`[${firstText(sticker['name']) ?? 'sticker'}]`)
      const message: ParsedMessage = { sender: nameOf(raw['author']) ?? '?', time, text: parts.filter((part) => part !== '').join('\n') }
      if (time === null) message.stamp = beginning(textOf(raw['timestamp']) ?? '')
      const id = textOf(raw['id'])
      if (id !== null) message.id = id
      if (textOf(raw['timestampEdited']) !== null) message.edited = true
      if (raw['isPinned'] === true) message.pinned = true
      const answered = textOf(at(raw['reference'], 'messageId'))
      if (answered !== null) message.replyTo = answered
      const files = [...recordsOf(raw['attachments']), ...recordsOf(forwarded['attachments'])].map((one) =>
        fileOf(file, textOf(one['url']) ?? '', { name: textOf(one['fileName']), bytes: numberOf(one['fileSizeBytes']) })
      )
      if (files.length > 0) message.files = files
      const reactions = recordsOf(raw['reactions']).flatMap((reaction) => {
        const emoji = isRecord(reaction['emoji']) ? firstText(reaction['emoji']['name'], reaction['emoji']['code']) : null
        return reactionsBy(
          emoji,
          recordsOf(reaction['users']).map((person) => nameOf(person) ?? '?'),
          numberOf(reaction['count'])
        )
      })
      if (reactions.length > 0) message.reactions = reactions
      return message.text === '' && files.length === 0 ? { unread: 'text' } : { head: headOf(), message }
    }
  }
}

/** JSON of DiscordChatExporter. */
export const discord = jsonHistory({
  format: 'discord',
  matches: ({ shape }) => hasAll(shape, 'guild.id', 'channel.id') && (hasAll(shape, 'channel.type') || hasAll(shape, 'exportedAt')),
  around: ['$.guild', '$.channel'],
  messages: ['$.messages.*'],
  open
})

const FRAME = /^={20,}$/
/** '[31/05/2024 09:30] ann (pinned)': the text follows below. */
const HEADING = /^\[([^\]]{8,40})\] (\S.*?)( \(pinned\))?$/
const SECTION = /^\{(Attachments|Embed|Stickers|Reactions|Forwarded Message|Forwarded)\}$/

function openText(file: TextFile): TextReader {
  const head: ConversationHead = { name: file.name, id: null }
  let guild = ''
  let framed = 0
  return {
    line(text): LineRead {
      if (FRAME.test(text)) {
        framed++
        return 'skip'
      }
      const [, label, value = ''] = framed === 1 ? (/^(Guild|Channel|Topic|After|Before): (.*)$/.exec(text) ?? []) : []
      if (label === 'Guild') guild = value
      if (label === 'Channel') {
        const channel = value.split(' / ').at(-1) ?? value
        head.name = guild === '' || guild === 'Direct Messages' ? channel : `${guild} #${channel}`
      }
      // the header and footer of the file are skipped
      if (framed === 1 || framed === 3) return 'skip'
      const [, written = '', sender, pinned] = HEADING.exec(text) ?? []
      const stamp = sender === undefined ? null : (stampAt(simplify(written), 0)?.value ?? null)
      return sender === undefined || stamp === null ? null : { stamp, written, sender: pinned === undefined ? sender : `${sender}${PINNED}`, text: '' }
    },
    head: () => head,
    content(text, entry) {
      const message: Partial<ParsedMessage> = {}
      if (entry.sender?.endsWith(PINNED) === true) Object.assign(message, { sender: entry.sender.slice(0, -PINNED.length), pinned: true })
      const said: string[] = []
      let section = ''
      for (const line of text.replace(/^\n/, '').split('\n')) {
        const begun = SECTION.exec(line)?.[1]
        if (begun !== undefined) section = begun
        else if (section === 'Attachments' && /^(?:https?:|[^\s:]+[\\/])/.test(line.trim())) (message.files ??= []).push(fileOf(file, line.trim()))
        else if (section === 'Stickers' && line.trim() !== '') said.push(`[${line.trim()}]`)
        else if (section === 'Reactions') {
          for (const [, emoji = '', count = '1'] of line.matchAll(/(\S+)(?: \((\d+)\))?/gu))
            (message.reactions ??= []).push(...reactionsBy(emoji, [], Number(count)))
        } else said.push(line)
      }
      return { ...message, text: said.join('\n').trim() }
    }
  }
}
const PINNED = '\u0000pinned'

/** Text of DiscordChatExporter. */
export const discordText = textHistory({
  format: 'discord',
  matches: ({ lines }) => FRAME.test(lines[0] ?? '') && /^Guild: /.test(lines[1] ?? '') && /^Channel: /.test(lines[2] ?? ''),
  open: openText
})
