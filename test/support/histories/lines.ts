/** Histories in JSON lines, and record lists of Signal. */
import type { HistoryFixture } from './history.ts'

export const LINE_HISTORIES: HistoryFixture[] = [
  {
    of: "Signal's own export",
    format: 'signal',
    file: 'main.jsonl',
    content: [
      { version: '1', backupTimeMs: '1717200000000' },
      { account: { givenName: 'Me', familyName: 'Too' } },
      { recipient: { id: '1', self: {} } },
      { recipient: { id: '2', contact: { aci: 'x', e164: '491', profileGivenName: 'Ann', profileFamilyName: 'Lee' } } },
      { recipient: { id: '3', group: { masterKey: 'k', snapshot: { title: { title: 'Walkers' } } } } },
      { chat: { id: '10', recipientId: '2' } },
      { chat: { id: '11', recipientId: '3' } },
      {
        chatItem: {
          chatId: '10',
          authorId: '2',
          dateSent: '1717147800000',
          incoming: { dateReceived: '1717147801000' },
          standardMessage: { text: { body: 'hi' }, reactions: [{ emoji: '👋', authorId: '1' }] }
        }
      },
      {
        chatItem: {
          chatId: '10',
          authorId: '1',
          dateSent: '1717147860000',
          outgoing: {},
          revisions: [{}],
          standardMessage: { text: { body: 'hello' }, quote: { targetSentTimestamp: '1717147800000' } }
        }
      },
      {
        chatItem: {
          chatId: '11',
          authorId: '2',
          dateSent: '1717147870000',
          incoming: {},
          standardMessage: { attachments: [{ pointer: { contentType: 'image/jpeg', fileName: 'trip.jpg', size: 9 } }] }
        }
      },
      { chatItem: { chatId: '11', authorId: '2', dateSent: '1717147880000', directionless: {}, updateMessage: { simpleUpdate: { type: 'JOINED_SIGNAL' } } } },
      { chatItem: { chatId: '11', authorId: '2', dateSent: '1717147890000', incoming: {}, hologramMessage: {} } }
    ],
    self: 'Me Too',
    lines: {
      'Ann Lee': ['2024-05-31T09:30:00.000Z <Ann Lee: hi (👋 by Me Too)', '2024-05-31T09:31:00.000Z >Me Too: hello (edited) (re 1717147800000)'],
      Walkers: ['2024-05-31T09:31:10.000Z <Ann Lee: [image trip.jpg]']
    },
    notices: 8,
    unread: { chatItem: 1 }
  },
  {
    of: 'sigtop, JSON',
    format: 'signal',
    file: 'Ann (+491).json',
    content: [
      {
        conversationId: 'c1',
        id: 'm1',
        type: 'incoming',
        body: 'yo',
        sent_at: 1717147800000,
        source: '+491',
        attachments: [{ fileName: 'a.m4a', size: 4, contentType: 'audio/aac' }],
        reactions: []
      },
      { conversationId: 'c1', id: 'm2', type: 'outgoing', body: 'hm', sent_at: 1717147860000, quote: { id: 1717147800000 } },
      { conversationId: 'c1', id: 'm3', type: 'keychange', sent_at: 1717147870000 }
    ],
    lines: { Ann: ['2024-05-31T09:30:00.000Z <+491: yo [voice a.m4a]', '2024-05-31T09:31:00.000Z >You: hm (re 1717147800000)'] },
    notices: 1
  },
  {
    of: 'signal-export',
    format: 'signal',
    file: 'Ann/data.json',
    content: [
      {
        date: '2024-05-31T09:30:00',
        sender: 'Ann',
        body: 'first',
        quote: '',
        sticker: null,
        reactions: [['Me', '🎉']],
        attachments: [{ name: 'x.png', path: 'media/x.png' }],
        deleted: false,
        call: false,
        missed: false
      },
      { date: '2024-05-31T09:31:00', sender: 'Me', body: 'second', quote: '> first\n', sticker: null, reactions: [], attachments: [] }
    ]
      .map((one) => JSON.stringify(one))
      .join('\n'),
    local: true,
    lines: { Ann: ['2024-05-31 09:30:00 Ann: first [image x.png] (🎉 by Me)', '2024-05-31 09:31:00 >Me: > first\nsecond'] }
  },
  {
    of: 'signal-cli',
    format: 'signal',
    file: 'messages.jsonl',
    content: [
      {
        envelope: {
          source: '+491',
          sourceNumber: '+491',
          sourceName: 'Ann',
          sourceDevice: 1,
          timestamp: 1717147800000,
          dataMessage: { timestamp: 1717147800000, message: 'hi there', expiresInSeconds: 0, viewOnce: false }
        },
        account: '+490'
      },
      {
        envelope: {
          source: '+490',
          sourceNumber: '+490',
          sourceName: 'Me',
          timestamp: 1717147860000,
          syncMessage: { sentMessage: { destination: '+491', destinationNumber: '+491', timestamp: 1717147860000, message: 'back' } }
        },
        account: '+490'
      },
      {
        envelope: {
          source: '+491',
          sourceName: 'Ann',
          timestamp: 1717147870000,
          dataMessage: { timestamp: 1717147870000, message: 'all', groupInfo: { groupId: 'abcdefgh=', type: 'DELIVER' } }
        },
        account: '+490'
      },
      { envelope: { source: '+491', timestamp: 1717147880000, typingMessage: { action: 'STARTED' } }, account: '+490' }
    ],
    lines: { Ann: ['2024-05-31T09:30:00.000Z <Ann: hi there', '2024-05-31T09:31:00.000Z >Me: back'], 'Group abcdef': ['2024-05-31T09:31:10.000Z <Ann: all'] },
    notices: 1
  },
  {
    of: 'Mattermost',
    format: 'mattermost',
    file: 'import.jsonl',
    content: [
      { type: 'version', version: 1 },
      { type: 'channel', channel: { team: 'eng', name: 'town', display_name: 'Town Square', type: 'O' } },
      { type: 'user', user: { username: 'ann', nickname: 'Ann' } },
      {
        type: 'post',
        post: {
          team: 'eng',
          channel: 'town',
          user: 'ann',
          message: 'deploy?',
          create_at: 1717147800000,
          reactions: [{ user: 'bo', emoji_name: 'ship', create_at: 1 }],
          replies: [{ user: 'bo', message: 'done', create_at: 1717147860000 }]
        }
      },
      { type: 'direct_post', direct_post: { channel_members: ['bo', 'ann'], user: 'bo', message: 'psst', create_at: 1717147870000 } }
    ],
    lines: {
      '#Town Square': ['2024-05-31T09:30:00.000Z Ann: deploy? (:ship: by bo)', '2024-05-31T09:31:00.000Z bo: done (re eng/town 1717147800000)'],
      'bo, Ann': ['2024-05-31T09:31:10.000Z bo: psst']
    },
    notices: 3
  }
]
