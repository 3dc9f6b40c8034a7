/** Histories in JSON, in the shapes that apps and export tools write. */
import type { HistoryFixture } from './history.ts'

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

export const JSON_HISTORIES: HistoryFixture[] = [
  {
    of: 'DiscordChatExporter',
    format: 'discord',
    file: 'Friends - general [123].json',
    content: {
      guild: { id: '10', name: 'Friends', iconUrl: '' },
      channel: { id: '123', type: 'GuildTextChat', categoryId: '1', category: 'Text', name: 'general', topic: null },
      dateRange: { after: null, before: null },
      exportedAt: '2024-06-01T00:00:00+00:00',
      messages: [
        {
          id: '1',
          type: 'Default',
          timestamp: '2024-05-31T09:30:00.5+02:00',
          timestampEdited: '2024-05-31T09:31:00+02:00',
          isPinned: true,
          content: '见面吧',
          author: { id: '7', name: 'wei', discriminator: '0000', nickname: '小伟' },
          attachments: [],
          embeds: [],
          stickers: [],
          reactions: [{ emoji: { id: '', name: '👍', code: 'thumbsup' }, count: 1, users: [{ id: '8', name: 'ann', nickname: 'Ann' }] }],
          mentions: []
        },
        {
          id: '2',
          type: 'Reply',
          timestamp: '2024-05-31T09:32:00+02:00',
          timestampEdited: null,
          isPinned: false,
          content: 'ok',
          author: { id: '8', name: 'ann', nickname: 'Ann' },
          attachments: [{ id: '5', url: 'https://cdn/x/plan.pdf?ex=1', fileName: 'plan.pdf', fileSizeBytes: 12 }],
          reactions: [],
          reference: { messageId: '1', channelId: '123', guildId: '10' }
        },
        { id: '3', type: 'GuildMemberJoin', timestamp: '2024-05-31T09:33:00+02:00', content: 'Joined the server.', author: { id: '9', name: 'x' } },
        { id: '4', type: 'Default', timestamp: 'never', content: 'no time', author: { id: '8', name: 'ann' } },
        {
          id: '5',
          type: 'Default',
          timestamp: '2024-05-31T09:34:00+02:00',
          content: '',
          author: { id: '8', name: 'ann' },
          forwardedMessage: {
            content: 'look',
            timestamp: '2024-05-30T00:00:00+00:00',
            attachments: [{ id: '1', url: 'https://cdn.example/a.png', fileName: 'a.png', fileSizeBytes: 3 }],
            embeds: [],
            stickers: []
          }
        },
        7
      ],
      messageCount: 4
    },
    lines: {
      'Friends #general': [
        '2024-05-31T07:30:00.500Z 小伟: 见面吧 (edited) (pinned) (👍 by Ann)',
        '2024-05-31T07:32:00.000Z Ann: ok [file plan.pdf] (re 1)',
        '? ann: no time',
        '2024-05-31T07:34:00.000Z ann: ↪ look [image a.png]'
      ]
    },
    notices: 1,
    unread: { message: 1 }
  },
  {
    of: 'Messenger, in characters of bytes',
    format: 'messenger',
    file: 'message_1.json',
    content: {
      participants: [{ name: latin1('Łucja') }, { name: latin1('Zoë') }],
      messages: [
        {
          sender_name: latin1('Zoë'),
          timestamp_ms: 1717147860000,
          content: latin1('ça va? 😀'),
          is_geoblocked_for_viewer: false,
          reactions: [{ reaction: latin1('❤'), actor: latin1('Łucja') }]
        },
        {
          sender_name: latin1('Łucja'),
          timestamp_ms: 1717147800000,
          photos: [{ uri: 'your_facebook_activity/messages/inbox/l_1/photos/1.jpg', creation_timestamp: 1717147800 }]
        },
        { sender_name: latin1('Łucja'), timestamp_ms: 1717147700000, share: { link: 'https://example.org/a' } },
        { sender_name: 'x', timestamp_ms: 1717147600000, is_unsent: true }
      ],
      title: latin1('Łucja'),
      is_still_participant: true,
      thread_path: 'inbox/lucja_1'
    },
    self: 'Zoë',
    lines: {
      Łucja: [
        '2024-05-31T09:31:00.000Z Zoë: ça va? 😀 (❤ by Łucja)',
        '2024-05-31T09:30:00.000Z Łucja: [image 1.jpg]',
        '2024-05-31T09:28:20.000Z Łucja: https://example.org/a'
      ]
    },
    notices: 1
  },
  {
    of: 'Messenger, encrypted',
    format: 'messenger',
    file: 'Them_40.json',
    content: {
      participants: ['Me', 'Them'],
      threadName: 'Them_40',
      messages: [
        {
          isUnsent: false,
          media: [{ uri: './media/a.jpeg' }],
          reactions: [{ actor: 'Them', reaction: '😮' }],
          senderName: 'Me',
          text: 'café',
          timestamp: 1717147800000,
          type: 'media'
        }
      ]
    },
    lines: { Them: ['2024-05-31T09:30:00.000Z Me: café [image a.jpeg] (😮 by Them)'] }
  },
  {
    of: 'qq-chat-exporter 5',
    format: 'qq',
    file: 'group_12345_20240531.json',
    content: {
      metadata: { name: 'QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter', version: '5.0.0' },
      chatInfo: { name: '同学', type: 'group', selfUid: 'u_me', selfUin: '111', selfName: '我自己' },
      statistics: { totalMessages: 4 },
      messages: [
        {
          id: '71',
          seq: '1',
          timestamp: 1717147800000,
          time: '2024-05-31 17:30:00',
          sender: { uid: 'u_a', uin: '222', name: '阿明', groupCard: '班长' },
          type: 'text',
          content: { text: '明天交作业', html: '', elements: [{ type: 'text', data: { text: '明天交作业' } }], resources: [], mentions: [] },
          recalled: false,
          system: false
        },
        {
          id: '72',
          seq: '2',
          timestamp: 1717147860000,
          sender: { uid: 'u_me', uin: '111', name: '我自己' },
          type: 'reply',
          content: { text: '[回复 班长: 明天交作业]\n收到', elements: [{ type: 'reply', data: { referencedMessageId: '71' } }], resources: [] }
        },
        {
          id: '73',
          timestamp: 1717147900000,
          sender: { uid: 'u_a', uin: '222', name: '阿明' },
          type: 'image',
          content: { text: '[图片: a.jpg]', elements: [], resources: [{ type: 'image', filename: 'a.jpg', size: 10 }] }
        },
        { id: '74', timestamp: 1717147910000, sender: { uid: 'u_a', name: '阿明' }, type: 'system', content: { text: '阿明邀请小红加入了群聊' }, system: true }
      ]
    },
    self: '我自己',
    lines: {
      同学: [
        '2024-05-31T09:30:00.000Z <班长: 明天交作业',
        '2024-05-31T09:31:00.000Z >我自己: [回复 班长: 明天交作业]\n收到 (re 71)',
        '2024-05-31T09:31:40.000Z <阿明: [image a.jpg]'
      ]
    },
    notices: 1
  },
  {
    of: 'qq-chat-exporter 4',
    format: 'qq',
    file: 'friend.json',
    content: {
      metadata: { name: 'QQChatExporter V4', version: '4.0.0' },
      chatInfo: { name: '小红', type: 'private' },
      messages: [
        {
          messageId: '1',
          timestamp: '2024-05-31T09:30:00.000Z',
          sender: { uid: 'u1', name: '小红' },
          messageType: 2,
          isSystemMessage: false,
          isRecalled: false,
          content: { text: '在吗', resources: [] }
        }
      ]
    },
    lines: { 小红: ['2024-05-31T09:30:00.000Z 小红: 在吗'] }
  },
  {
    of: 'chatlog',
    format: 'wechat',
    file: 'export.json',
    content: [
      {
        seq: 1,
        time: '2024-05-31T17:30:00+08:00',
        talker: 'wxid_a',
        talkerName: '',
        isChatRoom: false,
        sender: 'wxid_a',
        senderName: '小美',
        isSelf: false,
        type: 1,
        subType: 0,
        content: '吃了吗'
      },
      {
        seq: 2,
        time: '2024-05-31T17:31:00+08:00',
        talker: 'wxid_a',
        talkerName: '',
        isChatRoom: false,
        sender: 'wxid_me',
        senderName: '',
        isSelf: true,
        type: 49,
        subType: 57,
        content: '还没',
        contents: { refer: { senderName: '小美', content: '吃了吗' } }
      },
      {
        seq: 3,
        time: '2024-05-31T17:32:00+08:00',
        talker: '1@chatroom',
        talkerName: '家人',
        isChatRoom: true,
        sender: 'wxid_b',
        senderName: '妈',
        isSelf: false,
        type: 49,
        subType: 6,
        content: '',
        contents: { title: '菜单.pdf', md5: 'x' }
      },
      {
        seq: 4,
        time: '2024-05-31T17:33:00+08:00',
        talker: '1@chatroom',
        talkerName: '家人',
        isChatRoom: true,
        sender: '系统消息',
        senderName: '',
        isSelf: false,
        type: 10000,
        subType: 0,
        content: '妈撤回了一条消息'
      },
      {
        seq: 5,
        time: '2024-05-31T17:34:00+08:00',
        talker: '1@chatroom',
        talkerName: '家人',
        isChatRoom: true,
        sender: 'wxid_b',
        senderName: '妈',
        isSelf: false,
        type: 49,
        subType: 5,
        content: '',
        contents: { title: '菜谱', url: 'https://example.org' }
      },
      {
        seq: 6,
        time: '2024-05-31T17:35:00+08:00',
        talker: '1@chatroom',
        talkerName: '家人',
        isChatRoom: true,
        sender: 'wxid_b',
        senderName: '妈',
        isSelf: false,
        type: 3,
        subType: 0,
        content: '',
        contents: { md5: 'abc' }
      }
    ],
    lines: {
      小美: ['2024-05-31T09:30:00.000Z <小美: 吃了吗', '2024-05-31T09:31:00.000Z >我: > 小美: 吃了吗\n还没'],
      家人: [
        '2024-05-31T09:32:00.000Z <妈: [file 菜单.pdf]',
        '2024-05-31T09:34:00.000Z <妈: 菜谱\nhttps://example.org',
        '2024-05-31T09:35:00.000Z <妈: [image abc]'
      ]
    },
    notices: 1
  },
  {
    of: 'WeFlow',
    format: 'wechat',
    file: '小美.json',
    content: {
      weflow: { version: '1.0.3', exportedAt: 1717200000, generator: 'WeFlow' },
      session: { wxid: 'wxid_a', nickname: '小美', remark: '美美', displayName: '美美', type: '私聊', lastTimestamp: 1717147860, messageCount: 3 },
      messages: [
        {
          localId: 1,
          createTime: 1717147800,
          formattedTime: '2024-05-31 17:30:00',
          type: '文本消息',
          localType: 1,
          content: '周末爬山？',
          isSend: 0,
          senderUsername: 'wxid_a',
          senderDisplayName: '美美'
        },
        { localId: 2, createTime: 1717147860, type: '图片消息', content: '[图片]', isSend: 1, senderUsername: 'wxid_me', senderDisplayName: '阿强' },
        { localId: 3, createTime: 1717147870, type: '系统消息', content: '你撤回了一条消息', isSend: null, senderUsername: 'wxid_me', senderDisplayName: '' }
      ]
    },
    lines: { 美美: ['2024-05-31T09:30:00.000Z <美美: 周末爬山？', '2024-05-31T09:31:00.000Z >阿强: [image 图片]'] },
    notices: 1
  },
  {
    of: 'ChatLab',
    format: 'chatlab',
    file: 'chat.json',
    content: {
      chatlab: { version: '0.0.1', exportedAt: 1717200000 },
      meta: { name: '读书会', platform: 'qq', type: 'group', groupId: '99', ownerId: 'a' },
      members: [
        { platformId: 'a', accountName: '甲' },
        { platformId: 'b', accountName: '乙', groupNickname: '乙君' }
      ],
      messages: [
        { sender: 'b', accountName: '乙', timestamp: 1717147800, type: 0, content: '读完了' },
        { sender: 'a', timestamp: 1717147860, type: 1, content: '[图片]' },
        { sender: 'a', timestamp: 1717147870, type: 80, content: '甲修改了群名' }
      ]
    },
    self: '甲',
    lines: { 读书会: ['2024-05-31T09:30:00.000Z <乙: 读完了', '2024-05-31T09:31:00.000Z >甲: [image 图片]'] },
    notices: 1
  },
  {
    of: 'ChatLab, lines',
    format: 'chatlab',
    file: 'chat.jsonl',
    content: [
      { _type: 'header', chatlab: { version: '0.0.1' }, meta: { name: '老友', platform: 'wechat', type: 'private' } },
      { _type: 'member', platformId: 'b', accountName: '乙' },
      { _type: 'message', sender: 'b', timestamp: 1717147800, type: 0, content: '好久不见' }
    ],
    lines: { 老友: ['2024-05-31T09:30:00.000Z 乙: 好久不见'] },
    notices: 2
  },
  {
    of: 'Skype',
    format: 'skype',
    file: 'messages.json',
    content: {
      userId: '8:live:me',
      exportDate: '2024-06-01T10:00',
      conversations: [
        {
          id: '8:bob.b',
          displayName: 'Bob',
          version: 1,
          properties: null,
          threadProperties: null,
          MessageList: [
            {
              id: '2',
              displayName: null,
              originalarrivaltime: '2024-05-31T09:31:00.123Z',
              messagetype: 'RichText',
              content: '&lt;see&gt; <a href="https://example.org">here</a><e_m ts="1"></e_m>',
              from: '8:live:me',
              properties: null,
              amsreferences: null
            },
            {
              id: '1',
              displayName: 'Bob B',
              originalarrivaltime: '2024-05-31T09:30:00Z',
              messagetype: 'RichText/UriObject',
              content: '<URIObject type="Picture.1" uri="x"><OriginalName v="cat.jpg"></OriginalName></URIObject>',
              from: '8:bob.b',
              properties: null
            },
            {
              id: '0',
              displayName: null,
              originalarrivaltime: '2024-05-31T09:29:00Z',
              messagetype: 'ThreadActivity/AddMember',
              content: '<addmember/>',
              from: '8:bob.b'
            }
          ]
        }
      ]
    },
    self: 'live:me',
    lines: { Bob: ['2024-05-31T09:31:00.123Z >live:me: <see> here (https://example.org) (edited)', '2024-05-31T09:30:00.000Z <Bob B: [image cat.jpg]'] },
    notices: 1
  },
  {
    of: 'Google Chat',
    format: 'google-chat',
    file: 'messages.json',
    content: {
      messages: [
        {
          creator: { name: 'Ann', email: 'ann@example.org', user_type: 'Human' },
          created_date: 'Friday, May 31, 2024 at 9:30:00\u202fAM UTC',
          text: 'hello',
          topic_id: 't',
          message_id: 'x/t/1',
          reactions: [{ emoji: { unicode: '👍' }, reactor_emails: ['bo@example.org'] }]
        },
        {
          creator: { name: 'Bo', email: 'bo@example.org' },
          created_date: 'Friday, May 31, 2024 at 9:31:00 AM UTC',
          attached_files: [{ original_name: 'a.png', export_name: 'File-a.png' }],
          message_id: 'x/t/2',
          quoted_message_metadata: { message_id: 'x/t/1' }
        },
        { creator: { name: 'Bo' }, created_date: 'Friday, May 31, 2024 at 9:32:00 AM UTC', message_state: 'DELETED', message_id: 'x/t/3' }
      ]
    },
    lines: { 'Ann, Bo': ['2024-05-31T09:30:00.000Z Ann: hello (👍 by Bo)', '2024-05-31T09:31:00.000Z Bo: [image a.png] (re x/t/1)'] },
    notices: 1
  },
  {
    of: 'Hangouts',
    format: 'google-chat',
    file: 'Hangouts.json',
    content: {
      conversations: [
        {
          conversation: {
            conversation_id: { id: 'C1' },
            conversation: {
              id: { id: 'C1' },
              self_conversation_state: { self_read_state: { participant_id: { gaia_id: '1' } } },
              participant_data: [
                { id: { gaia_id: '1' }, fallback_name: 'Me Myself' },
                { id: { gaia_id: '2' }, fallback_name: 'Cy' }
              ]
            }
          },
          events: [
            {
              sender_id: { gaia_id: '2' },
              timestamp: '1717147800000000',
              event_id: 'e1',
              event_type: 'REGULAR_CHAT_MESSAGE',
              chat_message: { message_content: { segment: [{ type: 'TEXT', text: 'hey' }, { type: 'LINE_BREAK' }, { type: 'TEXT', text: 'you' }] } }
            },
            {
              sender_id: { gaia_id: '1' },
              timestamp: '1717147860000000',
              event_id: 'e2',
              event_type: 'REGULAR_CHAT_MESSAGE',
              chat_message: { message_content: { segment: [{ type: 'TEXT', text: 'yes' }] } }
            },
            { sender_id: { gaia_id: '1' }, timestamp: '1717147870000000', event_id: 'e3', event_type: 'HANGOUT_EVENT' }
          ]
        }
      ]
    },
    lines: { Cy: ['2024-05-31T09:30:00.000Z <Cy: hey\nyou', '2024-05-31T09:31:00.000Z >Me Myself: yes'] },
    notices: 1
  },
  {
    of: 'Element',
    format: 'matrix',
    file: 'matrix - Room - Chat Export.json',
    content: {
      room_name: 'Garden',
      room_creator: '@ann:example.org',
      topic: '',
      export_date: '5/31/2024',
      exported_by: '@bo:example.org',
      messages: [
        {
          type: 'm.room.member',
          state_key: '@ann:example.org',
          content: { membership: 'join', displayname: 'Ann' },
          sender: '@ann:example.org',
          event_id: '$0',
          origin_server_ts: 1717147700000,
          room_id: '!r:example.org'
        },
        {
          type: 'm.room.message',
          content: { msgtype: 'm.text', body: 'first' },
          sender: '@ann:example.org',
          event_id: '$1',
          origin_server_ts: 1717147800000,
          room_id: '!r:example.org'
        },
        {
          type: 'm.room.message',
          content: { msgtype: 'm.text', body: '> <@ann:example.org> first\n\nsecond', 'm.relates_to': { 'm.in_reply_to': { event_id: '$1' } } },
          sender: '@bo:example.org',
          event_id: '$2',
          origin_server_ts: 1717147860000
        },
        {
          type: 'm.room.message',
          content: { body: '* secund', 'm.new_content': { body: 'second, put right' }, 'm.relates_to': { rel_type: 'm.replace', event_id: '$2' } },
          sender: '@bo:example.org',
          event_id: '$3',
          origin_server_ts: 1717147870000
        },
        {
          type: 'm.reaction',
          content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$2', key: '🌱' } },
          sender: '@ann:example.org',
          event_id: '$4',
          origin_server_ts: 1717147880000
        },
        {
          type: 'm.room.message',
          content: { msgtype: 'm.image', body: 'rose.jpg', info: { size: 5 } },
          sender: '@ann:example.org',
          event_id: '$5',
          origin_server_ts: 1717147890000
        },
        {
          type: 'm.room.encrypted',
          content: { algorithm: 'm.megolm.v1.aes-sha2' },
          sender: '@ann:example.org',
          event_id: '$6',
          origin_server_ts: 1717147900000
        }
      ]
    },
    lines: {
      Garden: [
        '2024-05-31T09:30:00.000Z <Ann: first',
        '2024-05-31T09:31:00.000Z >bo: second, put right (edited) (re $1) (🌱 by Ann)',
        '2024-05-31T09:31:30.000Z <Ann: [image rose.jpg]'
      ]
    },
    notices: 3,
    unread: { encrypted: 1 }
  },
  {
    of: 'Zulip',
    format: 'zulip',
    file: 'messages-000001.json',
    content: {
      zerver_message: [
        {
          id: 5,
          sender: 9,
          recipient: 3,
          subject: 'plans',
          content: 'shall **we**?',
          rendered_content: '<p>shall we?</p>',
          date_sent: 1717147800.5,
          last_edit_time: null
        }
      ],
      zerver_usermessage: []
    },
    lines: { 'Zulip 3 > plans': ['2024-05-31T09:30:00.500Z 9: shall **we**?'] }
  }
]
