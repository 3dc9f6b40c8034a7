/** 20,000 messages of past history: generated, the same on every machine for one `now`. */
import type { Jid } from '../contract/domain.ts'
import type { IncomingMessage } from '../engine/store/types.ts'
import { address, CAST, GROUPS, room, YOU, type Character } from './cast.ts'

const DAY = 86_400_000

const WORDS: Record<string, readonly string[]> = {
  place: ['国贸', '三里屯', '浦东机场', '西溪湿地', '深圳北站', '南京西路', '中关村软件园', '杭州东站', '奥林匹克森林公园', '大理古城'],
  enplace: ['the office', 'Terminal 3', 'Union Square', 'the climbing gym', 'Blue Bottle', 'the east gate', 'Shibuya', 'room 2104'],
  food: ['火锅', '兰州拉面', '小笼包', '烤鱼', '麻辣烫', '寿司', '煎饼果子', '酸菜鱼', '螺蛳粉'],
  thing: ['合同', '季度报告', '设计稿', '会议纪要', '预算表', '测试计划', '用户访谈记录', '上线清单'],
  file: [
    '预算2025_v3.xlsx',
    'roadmap-final.pdf',
    '会议纪要0612.docx',
    'IMG_20240918_1432.jpg',
    'backup_2023.tar.gz',
    '设计稿_首页改版.fig',
    'invoice-88231.pdf',
    'mnemo-search-notes.md'
  ],
  link: [
    'https://example.org/docs/search?q=全文检索',
    'https://maps.example.com/?q=31.2304,121.4737',
    'https://github.example/issues/4821',
    'https://example.cn/article/20240611'
  ],
  person: ['小王', '张总', '刘老师', 'Emily', 'Kevin', '老陈', '婷婷', 'Tom'],
  film: ['《流浪地球2》', 'Oppenheimer', '《长安三万里》', 'すずめの戸締まり', '《繁花》'],
  emoji: ['😂', '👍', '🎉', '🙏', '❤️', '😅', '🔥', '🥲', '🤔', '👨‍👩‍👧'],
  device: ['iPhone 15 Pro', 'ThinkPad X1', 'Kindle', 'MacBook Air', '小米14', 'AirPods']
}

const LINES: Record<Character['language'], readonly string[]> = {
  zh: [
    '今天晚上去{place}吃{food}吗？',
    '好的，我{hour}点到',
    '{thing}我已经发你邮箱了，麻烦看一下',
    '明天{hour}点的会议改到下午了',
    '收到，谢谢{emoji}',
    '哈哈哈哈笑死我了{emoji}',
    '快递单号是 SF{long}，应该明天到',
    '我在{place}，堵车了，晚{two}分钟',
    '你看了{film}吗？真的很好看',
    '这个月的房租 {money} 元我转给你了',
    '验证码 {six}，别告诉别人',
    '{person}说{thing}还差最后一部分',
    '下周要去{place}出差三天',
    '文件在这里：{file}',
    '这篇文章写得不错 {link}',
    '妈让我问你周末回不回家吃饭',
    '辛苦了，早点休息',
    '{device}降价了，现在只要 {money}',
    '我的新手机号 138{eight}',
    '中华联合保险那边回复了吗？',
    '航班 CA{four} 延误了，估计{hour}点才起飞',
    '嗯嗯',
    '没问题',
    '等我一下，在开会',
    '生日快乐！{emoji}{emoji}',
    '南京市长江大桥那张照片你还有吗',
    '会议室订好了，{four}号',
    '孩子发烧了，今天请假半天',
    '好久不见，最近怎么样？',
    '这个需求优先级不高，先放一放吧'
  ],
  en: [
    'Running {two} minutes late, sorry!',
    'Can you send me {file} when you get a chance?',
    'lol {emoji}',
    'Meet at {enplace} around {hour}?',
    'The build is green again after commit {hex}',
    'Did you see {link}?',
    'Order #{long} shipped, should be here Thursday',
    "I'll take the notes this time",
    'My new {device} finally arrived {emoji}',
    'Lunch?',
    'The API returns 5{oneOne} on empty queries, looking into it',
    'Thanks so much!',
    'Gate changed to B{two}, boarding at {hour}:{two}',
    'Could we push the review to next week?',
    "That's exactly what I meant",
    'wifi password at {enplace} is hunter{four}',
    'ok',
    'Happy birthday!! {emoji}',
    'The invoice total is ${money}.50',
    'Just landed, will call you from {enplace}',
    'I pushed the fix for the tokenizer, offsets are right now',
    'Let me check with {person} and get back to you'
  ],
  ja: [
    'お疲れ様です。明日の{hour}時でお願いします',
    '了解しました！',
    'ありがとうございます{emoji}',
    '渋谷駅で待ち合わせしましょう',
    '資料を送りました：{file}',
    '今週末の山登り、楽しみですね',
    '電車が遅れています、{two}分ほど遅れます',
    'そのカメラ、いくらでしたか？',
    '写真きれいですね{emoji}',
    'すみません、今日は参加できません'
  ],
  mixed: [
    '这个bug我fix了，PR在这里 {link}',
    '明天的standup改到{hour}点哦',
    '周末去hiking吗？天气预报说sunny {emoji}',
    'iPhone手机没电了，用laptop回你',
    '我把{file} upload到drive了',
    'OK没问题，deadline是Friday对吧',
    '那家的拿铁超好喝，highly recommend',
    'server又down了，我在看log',
    '周一和{person} sync一下roadmap',
    'Jay说demo用v{oneOne}.{oneOne}版本',
    '刚在gym，没看到message',
    'search-index那个方案太慢了，试试SQLite FTS5',
    '笑死 lol {emoji}',
    '我的WeChat号没变，还是jay{four}',
    '这个price有点贵，{money}块'
  ]
}

/** mulberry32 */
function generator(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const digits = (random: () => number, count: number): string => Array.from({ length: count }, () => Math.floor(random() * 10)).join('')

/** UUID as clients and archives use it (RFC 9562). */
function idOf(random: () => number): string {
  const hex = Array.from({ length: 8 }, () =>
    Math.floor(random() * 65_536)
      .toString(16)
      .padStart(4, '0')
  ).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

function fill(template: string, random: () => number): string {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  return template.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const words = WORDS[slot]
    if (words !== undefined) return pick(words)
    switch (slot) {
      case 'hour':
        return String(8 + Math.floor(random() * 13))
      case 'money':
        return String(50 + Math.floor(random() * 8000))
      case 'hex':
        return Math.floor(random() * 0xfffffff)
          .toString(16)
          .padStart(7, '0')
      case 'oneOne':
        return digits(random, 1)
      default:
        return digits(random, { two: 2, four: 4, six: 6, eight: 8, long: 12 }[slot] ?? 1)
    }
  })
}

const HOUR = 3_600_000
/** Time of the day before which nobody writes, ms. */
const MORNING = 7 * HOUR

/** Typical time of day for messages: few at night, most at noon and in the evening. */
const timeOfDay = (random: () => number): number => MORNING + 16.5 * HOUR * Math.max(random(), random() * 0.9)

/**
 * Time of day `time` (ms) of a day that has only lasted for `span` ms: the day's messages keep their order, whatever time it is, so that the
 * list of conversations is the same at every hour.
 */
function withinToday(time: number, span: number): number {
  const morning = Math.min(MORNING, span / 2)
  return morning + ((time - MORNING) / (DAY - MORNING)) * (span - morning)
}

const UNREAD = 3
const UNREAD_MS = 9 * HOUR

/** `count` messages over the two years before `now` (ms), oldest first. */
export function generateHistory(count: number, now: number, seed = 20260101): IncomingMessage[] {
  const random = generator(seed)
  const ids = generator(seed ^ 0x5bd1e995)
  const you = address(YOU.user) as Jid
  const today = Math.floor((now - 60_000) / DAY) * DAY
  const threads = [
    ...CAST.map((character) => ({ jid: address(character.user) as Jid, kind: 'direct' as const, members: [character], weight: character.weight })),
    ...GROUPS.map((group) => ({
      jid: room(group.user) as Jid,
      kind: 'group' as const,
      members: CAST.filter((c) => group.members.includes(c.user)),
      weight: group.weight
    }))
  ]
  const total = threads.reduce((sum, thread) => sum + thread.weight, 0)
  const messages: IncomingMessage[] = []
  while (messages.length < count) {
    let point = random() * total
    const thread = threads.find((candidate) => (point -= candidate.weight) < 0) ?? threads[0]
    if (thread === undefined) break
    // a chat: a few messages within minutes, more of them in recent times
    const day = today - Math.floor(730 * random() * random()) * DAY
    let time = day + timeOfDay(random)
    const length = 2 + Math.floor(random() * 9)
    for (let i = 0; i < length && messages.length < count; i++) {
      const partner = thread.members[Math.floor(random() * thread.members.length)]
      if (partner === undefined) break
      const outgoing = random() < (thread.kind === 'group' ? 0.2 : 0.45)
      const language = outgoing && random() < 0.3 ? 'mixed' : partner.language
      const lines = LINES[language]
      time += 5000 + Math.floor(random() * 90_000)
      const nick = outgoing ? YOU.user : partner.name
      messages.push({
        conversation: thread.jid,
        kind: thread.kind,
        sender: (thread.kind === 'group' ? `${thread.jid}/${nick}` : outgoing ? you : thread.jid) as Jid,
        outgoing,
        text: fill(lines[Math.floor(random() * lines.length)] ?? '', random),
        time: Math.round(time < today ? time : today + withinToday(time - today, now - 30_000 - today)),
        stanzaId: idOf(ids),
        originId: idOf(ids),
        replayed: false
      })
    }
  }
  return messages.sort((a, b) => a.time - b.time)
}

/** Start of the unread part by conversation, ms; for the few that wrote last and were not answered. */
export function unreadFrom(history: readonly IncomingMessage[]): Map<Jid, number> {
  const last = [...new Map(history.map((message) => [message.conversation, message])).values()]
  const unanswered = last.filter(({ outgoing }) => !outgoing).sort((a, b) => b.time - a.time)
  return new Map(unanswered.slice(0, UNREAD).map(({ conversation, time }) => [conversation, time - UNREAD_MS]))
}

/** Answer of a character to the user. */
export function reply(character: Character, random: () => number): string {
  const lines = LINES[character.language]
  return fill(lines[Math.floor(random() * lines.length)] ?? '', random)
}
