/** Polls, cards, calls and quotations of exports in JSON. */
import type { HistoryFixture } from './history.ts'

const T = 1_717_147_800_000
const poll = (kind: string, id: string, content: object): object => ({ type: kind, event_id: id, room_id: '!r:x.org', origin_server_ts: T, content })
const unstable = 'org.matrix.msc3381.poll'
const said = (text: string): object => ({ 'org.matrix.msc1767.text': text })
const skype = (id: string, minute: number, messagetype: string, content: string, more: object = {}): object => ({
  id,
  originalarrivaltime: `2024-05-31T09:3${minute}:00Z`,
  messagetype,
  content,
  from: '8:bo',
  ...more
})

export const CARD_HISTORIES: HistoryFixture[] = [
  {
    of: 'Element, polls with votes',
    format: 'matrix',
    file: 'matrix - Room.json',
    content: {
      room_name: 'Room',
      exported_by: '@bo:x.org',
      messages: [
        {
          ...poll(`${unstable}.start`, '$1', {
            [`${unstable}.start`]: {
              question: said('Where?'),
              answers: [
                { id: 'a', ...said('Park') },
                { id: 'b', ...said('Home') }
              ]
            }
          }),
          sender: '@ann:x.org'
        },
        ...['$2', '$3'].map((id, i) => ({
          ...poll(`${unstable}.response`, id, {
            [`${unstable}.response`]: { answers: [i === 0 ? 'a' : 'b'] },
            'm.relates_to': { rel_type: 'm.reference', event_id: '$1' }
          }),
          sender: '@bo:x.org'
        })),
        {
          ...poll('m.poll.start', '$4', {
            'm.poll': { question: { 'm.text': [{ body: 'When?' }] }, answers: [{ 'm.id': 'x', 'm.text': [{ body: 'Now' }] }] }
          }),
          sender: '@bo:x.org'
        }
      ]
    },
    lines: { Room: ['2024-05-31T09:30:00.000Z <ann: 📊 Where?\n☐ Park (0)\n☐ Home (1)', '2024-05-31T09:30:00.000Z >bo: 📊 When?\n☐ Now'] },
    notices: 2
  },
  {
    of: 'Skype, cards, calls and quotations',
    format: 'skype',
    file: 'messages.json',
    content: {
      userId: '8:ann',
      exportDate: '2024-06-01T00:00',
      conversations: [
        {
          id: '8:bo',
          displayName: 'Bo',
          MessageList: [
            skype(
              '1',
              1,
              'RichText',
              '<quote author="ann" authorname="Ann" timestamp="1717147800"><legacyquote>[1] Ann: </legacyquote>hi<legacyquote>\n\n&lt;&lt;&lt; </legacyquote></quote>yes',
              { properties: { emotions: JSON.stringify([{ key: 'heart', users: [{ mri: '8:ann', time: 1 }] }]) } }
            ),
            skype('2', 2, 'Event/Call', '<partlist type="started" alt=""></partlist>'),
            skype('3', 3, 'Event/Call', '<partlist type="ended" alt=""><part identity="8:bo"><duration>61.2</duration></part></partlist>'),
            skype('4', 4, 'RichText/Contacts', '<contacts><c t="s" s="cy" f="Cy Young"/></contacts>'),
            skype('5', 5, 'RichText/Location', '<location latitude="52520000" longitude="13405000" address="Berlin">Berlin</location>')
          ]
        }
      ]
    },
    self: 'ann',
    lines: {
      Bo: [
        '2024-05-31T09:31:00.000Z <bo: > Ann: hi\nyes (❤️ by ann)',
        '2024-05-31T09:33:00.000Z <bo: 📞 61 s',
        '2024-05-31T09:34:00.000Z <bo: 👤 Cy Young cy',
        '2024-05-31T09:35:00.000Z <bo: 📍 Berlin 52.52, 13.405'
      ]
    },
    notices: 1
  },
  {
    of: 'DiscordChatExporter, poll and reactions without people',
    format: 'discord',
    file: 'Guild - general [2].json',
    content: {
      guild: { id: '1', name: 'Guild' },
      channel: { id: '2', type: 'GuildTextChat', name: 'general' },
      messages: [
        {
          id: '10',
          type: 'Default',
          timestamp: '2024-05-31T09:30:00+00:00',
          content: '',
          author: { id: '4', name: 'Ann' },
          poll: { question: { text: 'Tea?' }, answers: [{ text: 'Yes', voteCount: 2 }] },
          reactions: [{ emoji: { name: '👍' }, count: 3 }]
        }
      ]
    },
    lines: { 'Guild #general': ['2024-05-31T09:30:00.000Z Ann: 📊 Tea?\n☐ Yes (2) (👍 by ×3)'] }
  },
  {
    of: 'Google Chat, a link alone',
    format: 'google-chat',
    file: 'Google Chat/Groups/DM abc/messages.json',
    content: {
      messages: [
        {
          creator: { name: 'Ann', email: 'ann@example.org' },
          created_date: 'Friday, May 31, 2024 at 9:30:00\u202fAM UTC',
          annotations: [{ url_metadata: { title: 'T', url: { private_do_not_access_or_else_safe_url_wrapped_value: 'https://example.org/' } } }],
          message_id: 'm'
        }
      ]
    },
    lines: { Ann: ['2024-05-31T09:30:00.000Z Ann: https://example.org/'] }
  },
  {
    of: 'signal-cli, reactions, edits and deleted messages',
    format: 'signal',
    file: 'changes.jsonl',
    content: [
      { sourceName: 'Ann', timestamp: T, dataMessage: { timestamp: T, message: 'helo' } },
      { sourceName: 'Ann', timestamp: T + 1000, dataMessage: { timestamp: T + 1000, message: 'oops' } },
      { sourceName: 'Ann', timestamp: T + 2000, editMessage: { targetSentTimestamp: T, dataMessage: { timestamp: T + 2000, message: 'hello' } } },
      { sourceName: 'Ann', timestamp: T + 3000, dataMessage: { timestamp: T + 3000, message: null, remoteDelete: { timestamp: T + 1000 } } },
      { sourceName: 'Ann', timestamp: T + 4000, dataMessage: { timestamp: T + 4000, reaction: { emoji: '👍', targetSentTimestamp: T, isRemove: false } } }
    ].map((envelope) => ({ envelope: { source: '+491', ...envelope }, account: '+490' })),
    lines: { Ann: ['2024-05-31T09:30:00.000Z <Ann: hello (edited) (👍 by Ann)', '2024-05-31T09:30:01.000Z <Ann: '] },
    notices: 3
  },
  {
    of: 'chatlog, a merged record',
    format: 'wechat',
    file: 'record.json',
    content: [
      {
        seq: 1,
        time: '2024-05-31T17:30:00+08:00',
        talker: 'wxid_1',
        talkerName: '小明',
        sender: 'wxid_1',
        senderName: '小明',
        isSelf: false,
        type: 49,
        subType: 19,
        content: '',
        contents: {
          title: '群聊的聊天记录',
          desc: '甲: 一...',
          recordInfo: {
            DataList: {
              DataItems: [
                { SourceName: '甲', DataDesc: '一' },
                { SourceName: '乙', DataTitle: 'b.pdf' }
              ]
            }
          }
        }
      }
    ],
    lines: { 小明: ['2024-05-31T09:30:00.000Z <小明: 群聊的聊天记录\n甲: 一\n乙: b.pdf'] }
  }
]
