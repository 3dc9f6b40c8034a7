/** Telegram Desktop export as pages (messages.html, messages2.html ...): a page holds a thousand messages of one chat. */
import { kindOf, reactionsBy, type ConversationHead, type ParsedFile, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { chunkHistory, type ChunkReader, type ReadChunk } from './chunk-history.ts'
import { isFileName, notHere } from './left-out.ts'
import { attributeOf, plainText, within } from './markup.ts'
import { readStamp } from './stamps.ts'
import { timeOf } from './times.ts'

const MEDIA =
  /<a class="[^"]*(photo_wrap|video_file_wrap|animated_wrap|sticker_wrap|media_voice_message|media_audio_file|media_video|media_file|media_photo|media_location|media_contact|media_call|media_poll|media_[a-z_]+)[^"]*"([^>]*)>/g
const KINDS: [RegExp, ParsedFile['kind']][] = [
  [/photo|sticker/, 'image'],
  [/video|animated/, 'video'],
  [/voice|audio/, 'voice']
]

/** Sentences of the page in place of a file. */
const NOT_EXPORTED = /^(?:Not included|Unavailable|Exceeds maximum size)\b/

/** File that was not exported: its name, or the kind in Telegram's words. */
function leftOut(said: string, media: string): ParsedFile | null {
  if (!NOT_EXPORTED.test(plainText(within(media, 'description')).trim()) && !NOT_EXPORTED.test(plainText(within(media, 'status details')).trim())) return null
  const title = plainText(within(media, 'title bold')).trim() || 'File'
  const css = /<div class="media [^"]*\b(media_[a-z_]+)/.exec(said)?.[1] ?? ''
  const kind = KINDS.find(([pattern]) => pattern.test(css))?.[1]
  // stickers and animations have the class of files
  if (isFileName(title)) return { kind: kind ?? kindOf(title), name: title, bytes: null, source: null }
  return notHere(/^animation/i.test(title) ? 'video' : /^(?:sticker|photo)/i.test(title) ? 'image' : (kind ?? 'file'), title)
}

function open(file: TextFile): ChunkReader {
  const head: ConversationHead = { name: file.folder || file.name, id: null }
  let sender = '?'
  return {
    before(markup) {
      const title = plainText(within(within(markup, 'page_header'), 'text bold')).trim()
      if (title !== '') head.name = title
    },
    head: () => head,
    read(chunk): ReadChunk {
      if (/^<div class="message service/.test(chunk)) return 'notice'
      const body = within(chunk, 'body')
      // a forwarded message has its own name and text
      const forwarded = within(body, 'forwarded body')
      const own = forwarded === '' ? body : body.replace(forwarded, '')
      const named = plainText(within(own, 'from_name').replace(/<span class="details">[\s\S]*$/, '')).trim()
      if (named !== '' && !/class="[^"]*joined/.test(chunk.slice(0, 120))) sender = named
      const written = attributeOf(/<div class="pull_right date details"([^>]*)>/.exec(chunk)?.[1] ?? '', 'title') ?? ''
      const stamp = readStamp(written.replace(/ UTC([+-]\d{2}:\d{2})$/, ' $1'))
      const said = forwarded === '' ? own : forwarded
      const texts = [plainText(within(said, 'text')).trim()]
      if (forwarded !== '') {
        const first = plainText(within(forwarded, 'from_name').replace(/<span class="[^"]*details[\s\S]*$/, '')).trim()
        texts[0] = [`↪ ${first}`.trim(), texts[0]].filter((part) => part !== '').join('\n')
      }
      const files: ParsedFile[] = []
      for (const [, kind = '', attributes = ''] of said.matchAll(MEDIA)) {
        const path = attributeOf(attributes, 'href') ?? ''
        if (path === '' || /^[a-z]+:/i.test(path)) continue
        const found = KINDS.find(([pattern]) => pattern.test(kind))
        files.push(fileOf(file, path, found === undefined ? {} : { kind: found[1] }))
      }
      if (files.length === 0) {
        // polls, places, contacts, calls and media that were not exported are described in words
        const media = within(said, 'media_wrap')
        const left = leftOut(said, media)
        const words = ['title bold', 'question bold', 'status details', 'description'].map((one) => plainText(within(media, one)).trim())
        const answers = [...media.matchAll(/<div class="answer">([\s\S]*?)<\/div>/g)].map(([, answer = '']) => plainText(answer).trim())
        if (left === null) texts.push(...words, ...answers)
        else files.push(left)
      }
      const text = texts.filter((part) => part !== '').join('\n')
      const id = /^<div class="message default[^>]*id="message(-?\d+)"/.exec(chunk)?.[1]
      const message: ParsedMessage = { sender, time: stamp === null ? null : timeOf(stamp, 'dmy'), text }
      if (id !== undefined) message.id = id
      const answered = /<div class="reply_to details">[\s\S]*?#go_to_message(\d+)/.exec(own)?.[1]
      if (answered !== undefined) message.replyTo = answered
      if (files.length > 0) message.files = files
      const reactions = [...within(chunk, 'reactions').matchAll(/<span class="emoji">([\s\S]*?)<\/span>([\s\S]*?)(?=<span class="reaction|$)/g)].flatMap(
        ([, emoji = '', rest = '']) =>
          reactionsBy(
            plainText(emoji).trim(),
            [...rest.matchAll(/title="([^"]+)"/g)].map(([, who = '']) => plainText(who.replace(/, \d.*$/, ''))),
            Number(/<span class="count">\s*(\d+)/.exec(rest)?.[1] ?? 0)
          )
      )
      if (reactions.length > 0) message.reactions = reactions
      return message.text === '' && files.length === 0 ? { unread: 'text' } : { ...message, written }
    }
  }
}

/** Pages of Telegram. */
export const telegramPage = chunkHistory({
  format: 'telegram',
  matches: ({ head }) => /<div class="page_body chat_page"|<div class="message (?:default|service)[^"]*" id="message-?\d+"/.test(head),
  starts: ['<div class="message default', '<div class="message service'],
  open
})
