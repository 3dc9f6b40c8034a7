/** Fixtures of the gallery: messages, conversations and files in each of their states. */
import type { Attachment, Conversation, ConversationId, Device, Jid, Message, MessageId, Secrecy } from '../../../src/contract/domain.ts'
import type { AppState } from '../../../src/contract/requests/app.ts'

export const ME = 'me@example.org' as Jid
const LI = 'lixue@example.org' as Jid
export const ROOM = 'hiking@rooms.example.org' as Jid
const START = new Date(2026, 4, 20, 14, 5).getTime()
let serial = 0

export function message(text: string, more: Partial<Message> = {}): Message {
  const id = ++serial
  const outgoing = more.outgoing ?? false
  return {
    id: (START * 1024 + id) as MessageId,
    key: `k${id}`,
    conversation: 1 as ConversationId,
    sender: outgoing ? ME : LI,
    person: outgoing ? ME : LI,
    senderName: outgoing ? 'me' : '李雪',
    outgoing,
    text,
    time: START + id * 1000,
    state: outgoing ? 'delivered' : 'received',
    error: null,
    starred: false,
    pinned: false,
    mention: false,
    edited: false,
    retracted: false,
    encrypted: false,
    verified: false,
    unreadable: null,
    styled: true,
    changeable: true,
    imported: false,
    attachments: [],
    reactions: [],
    link: null,
    reply: null,
    remindAt: null,
    ...more
  }
}
const file = (more: Partial<Attachment>): Attachment => ({
  id: ++serial,
  kind: 'file',
  name: '会议纪要 minutes.pdf',
  bytes: 1_234_567,
  where: 'here',
  width: null,
  height: null,
  preview: null,
  ...more
})

/** Id of the file being transferred. */
const MOVING = 900
const LONG =
  '这是一条很长很长的消息，用来看看文字怎样换行。A message that mixes 中文 and English in one line, with a_very_long_word_that_has_no_place_to_break_but_must_break_somewhere_all_the_same. '
const emoji = (list: string): Message['reactions'] =>
  list.split(' ').map((one, i) => ({ emoji: one, count: i + 1, own: i === 0, names: ['Bob', '王伟'].slice(0, i) }))

/** Messages by the feature they show. */
export const MESSAGES: Record<string, Message[]> = {
  states: [
    message('等一下再发', { outgoing: true, state: 'queued' }),
    message('Sent', { outgoing: true, state: 'sent' }),
    message('Delivered', { outgoing: true, state: 'delivered' }),
    message('没发出去', { outgoing: true, state: 'failed', error: 'remote-server-not-found' }),
    message('来了一条消息'),
    message('edited, starred and pinned', { edited: true, starred: true, pinned: true })
  ],
  texts: [
    message('😀'),
    message('👍🏽👨‍👩‍👧‍👦🎉'),
    message(LONG),
    message(LONG.repeat(12)),
    message('链接 https://example.org/搜索?q=1，邮箱 li@example.org，电话 138 1234 5678'),
    message('路线在这里：https://trails.example.org/huangshan', {
      link: {
        url: 'https://trails.example.org/huangshan',
        title: '黄山三日徒步路线 · Three days on Huangshan',
        description: '从温泉到光明顶，含住宿、补给与撤退点。All huts, springs and ways out on one page, with a map for when there is no signal.',
        site: '山野地图',
        image:
          'data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCABgAGADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAMF/8QAFhABAQEAAAAAAAAAAAAAAAAAABIR/8QAFwEBAQEBAAAAAAAAAAAAAAAAAAIBBP/EABURAQEAAAAAAAAAAAAAAAAAAAAR/9oADAMBAAIRAxEAPwDZopKinZXArRSVFFFaKSooorRSVFFFaKSooorRSVFFEqKS01NarRSWmlFaKS00orRSWmlFaKS00orRSWmlE6KSopIrRSVFArRSVFArRSVFArRSVFArRSVFAlRSVFJarRSVFArRSVFArRSVFArRSVFArRSVFAlpqVFJorpqVFFFdNSooorpqVFFFdNSooorpqVFFEqKSopNFaKSooorRSVFFFaKSooorRSVFFFaKSooo//Z'
      }
    }),
    message('https://example.org/x?id=42', {
      outgoing: true,
      link: { url: 'https://example.org/x?id=42', title: 'Example Domain', description: '', site: '' }
    }),
    message('> 引用的一行\n*strong*, _emphasis_, ~struck~, `code`\n```\nconst answer = 42\n```'),
    message('', { encrypted: true, unreadable: 'method' }),
    message('端到端加密的消息', { encrypted: true }),
    message('来自已核对设备的消息', { encrypted: true, verified: true }),
    message('', { encrypted: true, unreadable: 'session' }),
    message('', { retracted: true }),
    message('', { retracted: true, outgoing: true }),
    message('')
  ],
  directions: [
    message('שלום world, מה שלומך today? (ok)', { senderName: 'יעל כהן' }),
    message('مرحبا بكم في Mnemo 2.0!', {
      senderName: 'يعل',
      reply: { id: 1 as MessageId, person: LI, senderName: 'سارة', outgoing: false, text: 'هل قرأت report.pdf؟' }
    }),
    message('Hello: שלום (and 2.0)!', { outgoing: true }),
    message('First line.\nשורה שנייה (2).\nThird line.', { outgoing: true }),
    message('*חשוב*: לקרוא את `README.md` היום.\n> ציטוט (1)', { outgoing: true }),
    message('', { attachments: [file({ name: 'דוח שנתי (2024).pdf' })] }),
    message('הטלפון +972 50 123 4567', { senderName: 'יעל כהן' }),
    message('https://example.org/path?q=1 זה הקישור', { senderName: 'יעל כהן' })
  ],
  answers: [
    message('周六几点？', { reactions: emoji('👍 ❤️ 😂') }),
    message('八点，老地方', { outgoing: true, reply: { id: 1 as MessageId, person: LI, senderName: '李雪', outgoing: false, text: '周六几点？' } }),
    message('ok', { reply: { id: null, person: LI, senderName: '', outgoing: false, text: '' } })
  ],
  files: [
    message('', { attachments: [file({})] }),
    message('', { attachments: [file({ where: 'there', name: 'archive of everything.zip', bytes: 912_345_678 })] }),
    message('', { attachments: [file({ where: 'nowhere', name: 'gone.doc' })] }),
    message('', { attachments: [file({ id: MOVING, where: 'there', name: 'on its way.mov', kind: 'video' })] }),
    message('', {
      attachments: [file({ kind: 'image', where: 'there', name: 'hill.jpg', width: 1600, height: 1000, preview: '1QcSHQRnh493V4dIh4eXh1h4kJUI' })]
    }),
    message('', { attachments: [file({ kind: 'image', where: 'nowhere', name: 'tall.png', width: 300, height: 900 })] }),
    message('', { attachments: [file({ kind: 'voice', name: 'voice.ogg', bytes: 24_000 })] })
  ]
}
export const ALBUM = Array.from({ length: 5 }, () =>
  message('', { outgoing: true, attachments: [file({ kind: 'image', where: 'there', width: 800, height: 600 })] })
)

const conversation = (name: string, more: Partial<Conversation> = {}): Conversation => {
  const id = ++serial
  return {
    id: id as ConversationId,
    jid: `person${id}@example.org` as Jid,
    account: ME,
    usedAt: 0,
    kind: 'direct',
    name,
    nick: null,
    unread: 0,
    mentions: 0,
    reactions: 0,
    readUpTo: 0,
    seenUpTo: 0,
    draft: '',
    subject: '',
    out: null,
    notify: 'all',
    mutedUntil: null,
    notifySound: null,
    notifyText: null,
    note: '',
    ownName: '',
    importedFrom: null,
    pinned: null,
    archived: false,
    markedUnread: false,
    readByAnswer: false,
    encryption: null,
    last: {
      id: (START * 1024 + id) as MessageId,
      text: '晚上一起吃饭吗？',
      file: null,
      time: START,
      senderName: name,
      outgoing: false,
      retracted: false,
      unreadable: false,
      styled: true,
      state: 'received'
    },
    ...more
  }
}
const last = (more: Partial<NonNullable<Conversation['last']>>): Conversation['last'] => ({ ...conversation('x').last!, ...more })
export const CONVERSATIONS: Conversation[] = [
  conversation('李雪', { pinned: 2, unread: 3 }),
  conversation('周末爬山 🏔️ Weekend hikers and everyone who wants to come along', {
    kind: 'group',
    nick: 'me',
    jid: ROOM,
    pinned: 1,
    unread: 120,
    last: last({ text: '@me 明天几点？', senderName: '王伟' })
  }),
  conversation('Bob', { draft: '还没写完的' }),
  conversation('Alexandra Konstantinopoulou-Featherstonehaugh', { last: last({ text: LONG, outgoing: true, state: 'delivered' }) }),
  conversation('王伟', { notify: 'none', unread: 7, last: last({ file: 'image', text: '' }) }),
  conversation('张敏', { markedUnread: true, last: last({ retracted: true, text: '' }) }),
  conversation('Марина', { last: last({ unreadable: true, text: '' }) }),
  conversation('Новый контакт', { last: null }),
  conversation('מכתבים', { kind: 'group', last: last({ text: 'ok', senderName: 'יעל כהן' }) }),
  conversation('משפחה (5)', { kind: 'group', last: last({ text: 'נפגשים ב-18:00, בסדר?', senderName: 'Dana' }) }),
  conversation('テスト', { last: last({ outgoing: true, state: 'failed', text: 'ありがとう' }) })
]
export const GROUP = CONVERSATIONS[1]!
/** Conversations that cannot be written in. */
export const CLOSED: Conversation[] = [
  conversation('Left', { kind: 'group', out: { why: 'left', reason: '' } }),
  conversation('Banned', { kind: 'group', out: { why: 'banned', reason: 'advertising' } }),
  conversation('Blocked', { jid: 'blocked@example.org' as Jid }),
  conversation('WhatsApp', { kind: 'group', account: null, jid: 'import.invalid' as Jid })
]

const certificate = {
  fingerprint: 'AA'.repeat(32).replace(/(..)(?!$)/g, '$1:'),
  subject: 'CN=example.org',
  issuer: 'CN=example.org',
  validTo: Date.UTC(2036, 10, 24, 1, 31),
  reason: 'DEPTH_ZERO_SELF_SIGNED_CERT'
}
/** Connections in each state. */
export const CONNECTIONS: AppState['accounts'] = [
  { jid: ME, connection: { status: 'connecting' }, accepted: null, shortages: [] },
  { jid: ME, connection: { status: 'catching-up' }, accepted: null, shortages: [] },
  { jid: ME, connection: { status: 'waiting', problem: 'network', detail: '', retryAt: Date.now() + 9e6, certificate: null }, accepted: null, shortages: [] },
  { jid: ME, connection: { status: 'waiting', problem: 'wrong-password', detail: '', retryAt: null, certificate: null }, accepted: null, shortages: [] },
  {
    jid: ME,
    connection: { status: 'waiting', problem: 'weaker-sign-in', detail: 'SCRAM-SHA-1', retryAt: null, certificate: null },
    accepted: null,
    shortages: []
  },
  {
    jid: ME,
    connection: { status: 'waiting', problem: 'password-in-plain', detail: 'PLAIN', retryAt: null, certificate: null },
    accepted: null,
    shortages: []
  },
  { jid: ME, connection: { status: 'waiting', problem: 'certificate', detail: '', retryAt: null, certificate }, accepted: null, shortages: [] }
]

export const state = (settings: Partial<AppState['settings']>): AppState => ({
  accounts: [{ jid: ME, connection: { status: 'online' }, accepted: null, shortages: ['archive', 'files'] }],
  presence: { [LI]: 'online', 'bob@example.org': 'away', 'wang@example.org': 'dnd' },
  typing: {},
  rosters: 0,
  devices: 0,
  occupants: 0,
  requests: [{ account: ME, jid: 'stranger@example.org' as Jid }],
  files: { [MOVING]: { done: 3_400_000, total: 9_000_000 } },
  invitations: [{ account: ME, group: ROOM, from: LI, reason: '来爬山吧' }],
  blocked: [{ account: ME, jid: 'blocked@example.org' as Jid }],
  avatars: {},
  indexing: { left: 12_345, total: 60_000 },
  settings: {
    theme: 'system',
    language: 'en',
    density: 'comfortable',
    zoom: 100,
    accent: 'teal',
    wallpaper: 'none',
    listWidth: 320,
    folders: [{ id: 'f', name: '朋友', conversations: [CONVERSATIONS[0]!.id] }],
    keepHistory: true,
    keepDays: null,
    fetchUpTo: 20 * 2 ** 20,
    notify: true,
    notifyText: true,
    notifySound: true,
    quiet: null,
    stayInTray: true,
    startAtLogin: false,
    tellRead: true,
    tellTyping: false,
    autoEncrypt: true,
    askTrust: false,
    deviceName: 'Mnemo',
    spellCheck: false,
    toured: false,
    linkPreviews: false,
    picturesAs: 'photo',
    updates: 'automatic',
    updateChannel: 'latest',
    ...settings
  },
  systemLanguage: 'en',
  demo: 'no',
  keyProtection: 'file',
  storeBroken: true,
  update: { progress: { at: 'ready', version: '0.2.0', notes: '· 搜索更快\n· Search finds dates as you say them' }, news: null, returnedFrom: null },
  version: '0.1.0',
  host: 'gallery'
})

const device = (serial: number, trust: Device['trust'], active = true): Device => ({
  device: serial,
  fingerprint: `${serial}`.repeat(64),
  label: serial === 1 ? null : 'Mnemo',
  trust,
  doubt: serial === 5 ? 'returned' : null,
  active,
  firstAt: START,
  lastAt: START
})
export const DEVICES: Device[] = [
  device(7, 'verified'),
  device(1, 'verified'),
  device(2, 'trusted'),
  device(3, 'undecided'),
  device(5, 'undecided'),
  device(4, 'refused', false)
]

const NO_SECRECY = { on: true, possible: true, verified: false, undecided: 0, ownUndecided: 0, without: [] }
/** Secrecy in each state of the lock. */
export const SECRECY: Secrecy[] = [
  NO_SECRECY,
  { ...NO_SECRECY, verified: true },
  { ...NO_SECRECY, undecided: 1 },
  { ...NO_SECRECY, ownUndecided: 1 },
  { ...NO_SECRECY, possible: false, without: ['zhang.wei@example.org', 'emma@example.com'] as Jid[] },
  { ...NO_SECRECY, on: false },
  { ...NO_SECRECY, on: false, possible: false }
]
