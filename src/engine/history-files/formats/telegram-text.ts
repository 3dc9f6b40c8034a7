/** Readable text of a message in Telegram's export: the written text, and the contents of polls, places, contacts, calls and the like. */
import { isRecord, numberOf, recordsOf, textOf } from './json-stream.ts'

/** Text given in pieces; link addresses are kept. null: no text. */
function written(value: unknown): string | null {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value)) {
    const parts = value.map(written)
    return parts.includes(null) ? (parts.every((part) => part === null) ? null : parts.filter((part) => part !== null).join('')) : parts.join('')
  }
  if (!isRecord(value) || typeof value['text'] !== 'string') return null
  const text = value['text']
  const address = textOf(value['href'])
  return address === null || address === text ? text : `${text} (${address})`
}

const leaves = (value: unknown): string[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === 'object' ? leaves(inner) : inner === '' || inner === undefined ? [] : [`${key}: ${String(inner)}`]
      )
    : Array.isArray(value)
      ? value.flatMap(leaves)
      : value === null || value === ''
        ? []
        : [String(value)]

/** Other known keys: those read by filesOf, and those without meaning for a reader. */
const READ = new Set([
  'text',
  'poll',
  'location_information',
  'contact_information',
  'invoice_information',
  'text_entities',
  'reactions',
  'inline_bot_buttons',
  'todo_list'
])

/** Buttons of a bot below its message, a line for each row; links are kept. */
function buttonsOf(rows: unknown): string[] {
  return (Array.isArray(rows) ? rows : []).flatMap((row) => {
    const buttons = recordsOf(row).map((button) => {
      const [label, address] = [textOf(button['text']) ?? '', textOf(button['data']) ?? '']
      return label === '' ? '' : `[${label}]${/^(?:https?|tg):/i.test(address) ? ` (${address})` : ''}`
    })
    return buttons.some((button) => button !== '') ? [buttons.filter((button) => button !== '').join(' ')] : []
  })
}

/** Null: the text has an unknown type. `call`: the message is a phone call. */
export function telegramText(message: Record<string, unknown>, call: boolean): string | null {
  const body = (message['text'] ?? '') === '' ? (written(message['text_entities'] ?? message['text']) ?? null) : written(message['text'])
  if (body === null) return null
  const parts: string[] = []
  const forwarded = textOf(message['forwarded_from']) ?? textOf(message['saved_from'])
  if (forwarded !== null) parts.push(`↪ ${forwarded}`)
  if (call)
    parts.push(
      ['📞', textOf(message['discard_reason']), numberOf(message['duration_seconds']) === null ? null : `${numberOf(message['duration_seconds'])} s`]
        .filter((part) => part !== null)
        .join(' ')
    )
  const sticker = textOf(message['sticker_emoji'])
  if (sticker !== null) parts.push(sticker)
  const poll = message['poll']
  if (isRecord(poll)) {
    const answers = recordsOf(poll['answers']).map(
      (answer) => `${answer['chosen'] === true ? '☑' : '☐'} ${written(answer['text']) ?? ''} (${numberOf(answer['voters']) ?? 0})`
    )
    parts.push([`📊 ${written(poll['question']) ?? ''}`, ...answers].join('\n'))
  }
  const list = message['todo_list']
  if (isRecord(list))
    parts.push([written(list['title']) ?? '', ...recordsOf(list['answers'] ?? list['items']).map((item) => `☐ ${written(item['text']) ?? ''}`)].join('\n'))
  const place = message['location_information']
  const where = [textOf(message['place_name']), textOf(message['address'])].filter((part) => part !== null).join(', ')
  if (isRecord(place))
    parts.push(`📍 ${[where, `${textOf(place['latitude']) ?? ''}, ${textOf(place['longitude']) ?? ''}`].filter((part) => part !== '').join(' ')}`)
  else if (where !== '') parts.push(`📍 ${where}`)
  const contact = message['contact_information']
  if (isRecord(contact))
    parts.push(`👤 ${[textOf(contact['first_name']), textOf(contact['last_name']), textOf(contact['phone_number'])].filter((part) => part !== null).join(' ')}`)
  const game = textOf(message['game_title'])
  if (game !== null) parts.push([`🎮 ${game}`, textOf(message['game_description']), textOf(message['game_link'])].filter((part) => part !== null).join('\n'))
  const invoice = message['invoice_information']
  if (isRecord(invoice))
    parts.push(
      `🧾 ${[textOf(invoice['title']), textOf(invoice['description']), textOf(invoice['amount']), textOf(invoice['currency'])].filter((part) => part !== null).join(' ')}`
    )
  // unknown contents of a newer Telegram
  for (const [key, value] of Object.entries(message))
    if (!READ.has(key) && typeof value === 'object' && value !== null && leaves(value).length > 0)
      parts.push(`${key.replace(/_information$/, '').replaceAll('_', ' ')}: ${leaves(value).join(', ')}`)
  if (body !== '') parts.push(body)
  parts.push(...buttonsOf(message['inline_bot_buttons']))
  // a kind without any other data: a story
  const media = textOf(message['media_type'])
  if (parts.length === 0 && media !== null && (message['file'] ?? null) === null) parts.push(`[${media.replaceAll('_', ' ')}]`)
  return parts.join('\n')
}
