/** Readable text of a message in Slack's export: expanded markup, and the contents of blocks and attachments. */
import { isRecord, recordsOf, textOf } from './json-stream.ts'

export interface Names {
  /** Names by id. */
  people: ReadonlyMap<string, string>
  rooms: ReadonlyMap<string, string>
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** Expanded markup: <@U1>, <#C1|name>, <!here>, <!date^..|..>, <https://..|label>, <tel:..|..>. */
export const plainSlack = (text: string, { people, rooms }: Names): string =>
  text
    .replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (whole, target: string, label = '') => {
      const id = target.slice(1)
      if (target.startsWith('@')) return `@${people.get(id) ?? (label.replace(/^@/, '') || id)}`
      if (target.startsWith('#')) return `#${label.replace(/^#/, '') || (rooms.get(id) ?? id)}`
      if (target.startsWith('!date')) return label || target
      if (target.startsWith('!')) return `@${(label || id.split('^')[0] || id).replace(/^@/, '')}`
      if (target.startsWith('tel:') || target.startsWith('mailto:')) {
        const address = target.slice(target.indexOf(':') + 1)
        return label === '' || label === address ? address : target.startsWith('tel:') && /^[+\d\s()./-]+$/.test(label) ? label : `${label} (${address})`
      }
      if (!/^[a-z][a-z\d+.-]*:/i.test(target)) return whole
      return label === '' || label === target ? target : `${label} (${target})`
    })
    .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)

/** Text of a Block Kit block (https://api.slack.com/reference/block-kit/blocks), its parts in order. */
function blockText(value: unknown, names: Names): string {
  if (Array.isArray(value))
    return value
      .map((one) => blockText(one, names))
      .filter((part) => part !== '')
      .join('\n')
  if (!isRecord(value)) return ''
  const type = textOf(value['type']) ?? ''
  const inline = (list: unknown): string =>
    recordsOf(list)
      .map((one) => blockText(one, names))
      .join('')
  switch (type) {
    case 'mrkdwn':
      return plainSlack(textOf(value['text']) ?? '', names)
    case 'plain_text':
    case 'text':
      return textOf(value['text']) ?? ''
    case 'link': {
      const url = textOf(value['url']) ?? ''
      const label = textOf(value['text'])
      return label === null || label === url ? url : `${label} (${url})`
    }
    case 'user':
      return `@${names.people.get(textOf(value['user_id']) ?? '') ?? textOf(value['user_id']) ?? ''}`
    case 'channel':
      return `#${names.rooms.get(textOf(value['channel_id']) ?? '') ?? textOf(value['channel_id']) ?? ''}`
    case 'usergroup':
      return `@${textOf(value['usergroup_id']) ?? ''}`
    case 'broadcast':
      return `@${textOf(value['range']) ?? ''}`
    case 'emoji':
      return `:${textOf(value['name']) ?? ''}:`
    case 'date':
      return textOf(value['fallback']) ?? ''
    case 'rich_text_section':
    case 'rich_text_preformatted':
    case 'rich_text_quote':
      return inline(value['elements'])
    case 'rich_text_list':
      return recordsOf(value['elements'])
        .map((one) => `• ${blockText(one, names)}`)
        .join('\n')
    case 'image':
      return textOf(value['alt_text']) ?? blockText(value['title'], names)
    default:
      return ['text', 'title', 'fields', 'elements', 'accessory', 'description', 'label']
        .map((key) => (typeof value[key] === 'string' ? plainSlack(value[key], names) : blockText(value[key], names)))
        .filter((part) => part !== '')
        .join('\n')
  }
}

function attachmentText(attachment: Record<string, unknown>, names: Names): string {
  const part = (key: string): string => plainSlack(textOf(attachment[key]) ?? '', names)
  const link = textOf(attachment['title_link'])
  const title = part('title')
  const fields = recordsOf(attachment['fields']).map((field) =>
    [textOf(field['title']), textOf(field['value'])]
      .filter((one) => one !== null)
      .map((one) => plainSlack(one, names))
      .join(': ')
  )
  const said = [
    part('pretext'),
    part('author_name'),
    link === null ? title : [title, link === title ? '' : `(${link})`].filter((one) => one !== '').join(' '),
    part('text'),
    ...fields,
    blockText(attachment['blocks'] ?? attachment['message_blocks'], names),
    part('footer')
  ].filter((one) => one !== '')
  const lines = [...new Set(said)]
  return lines.length > 0 ? lines.join('\n') : part('fallback')
}

/** Complete text of a message: its text, or its blocks if it has none, and its attachments. */
export function slackText(message: Record<string, unknown>, names: Names): string {
  const text = plainSlack(textOf(message['text']) ?? '', names)
  const body = text !== '' ? text : blockText(message['blocks'], names)
  const attached = recordsOf(message['attachments'])
    .map((one) => attachmentText(one, names))
    .filter((part) => part !== '' && part !== body)
  return [body, ...attached].filter((part) => part !== '').join('\n')
}
