/** Histories of further exporters, and further shapes of the others. */
import type { HistoryFixture } from './history.ts'

const lines = (...text: string[]): string => text.join('\n')
const telegramMessage = (id: number, classes: string, inner: string): string =>
  `\n     <div class="message default clearfix${classes}" id="message${id}">\n<div class="body">\n<div class="pull_right date details" title="31.05.2024 09:3${id}:00 UTC+02:00">\n09:3${id}\n</div>\n${inner}\n</div>\n</div>`

export const EXPORTER_HISTORIES: HistoryFixture[] = [
  {
    of: 'Telegram, page',
    format: 'telegram',
    file: 'messages.html',
    content: `<!DOCTYPE html>\n<html><head><meta charset="utf-8"/><title>Exported Data</title></head><body><div class="page_wrap"><div class="page_header"><div class="content"><div class="text bold">\nAnn &amp; Bo\n</div></div></div><div class="page_body chat_page"><div class="history">
     <div class="message service" id="message-1"><div class="body details">31 May 2024</div></div>${telegramMessage(
       1,
       '',
       '<div class="from_name">\nAnn \n</div>\n<div class="text">\nhello &amp; <a href="https://a.b">bye</a><br>second <strong>line</strong>\n</div>'
     )}${telegramMessage(
       2,
       ' joined',
       '<div class="reply_to details">\nIn reply to <a href="#go_to_message1" onclick="return GoToMessage(1)">this message</a>\n</div>\n<div class="text">\ntwo\n</div>\n<span class="reactions"><span class="reaction"><span class="emoji">\n👍\n</span><span class="userpics"><div class="userpic userpic1"><div class="initials" title="Bo, 31.05.2024 10:00:00">B</div></div></span></span></span>'
     )}${telegramMessage(
       3,
       '',
       '<div class="from_name">\nBo\n</div>\n<div class="forwarded body">\n<div class="from_name">\nCy<span class="date details" title="30.05.2024 09:32:00"> 30.05.2024 09:32:00</span>\n</div>\n<div class="text">\nnews\n</div>\n</div>'
     )}${telegramMessage(
       4,
       ' joined',
       '<div class="media_wrap clearfix"><a class="photo_wrap clearfix pull_left" href="photos/photo_1.jpg"><img class="photo" src="photos/photo_1_thumb.jpg"/></a></div>'
     )}${telegramMessage(
       5,
       ' joined',
       '<div class="media_wrap clearfix"><div class="media_poll"><div class="question bold">Where?</div><div class="details">Anonymous poll</div><div class="answer">- Rome <span class="details">2 votes</span></div></div></div>'
     )}</div></div></div></body></html>`,
    lines: {
      'Ann & Bo': [
        '2024-05-31T07:31:00.000Z Ann: hello & bye (https://a.b)\nsecond line',
        '2024-05-31T07:32:00.000Z Ann: two (re 1) (👍 by Bo)',
        '2024-05-31T07:33:00.000Z Bo: ↪ Cy\nnews',
        '2024-05-31T07:34:00.000Z Bo: [image photo_1.jpg]',
        '2024-05-31T07:35:00.000Z Bo: Where?\n- Rome 2 votes'
      ]
    },
    notices: 1
  },
  {
    of: 'DiscordChatExporter, text',
    format: 'discord',
    file: 'Server - tea [1].txt',
    content: lines(
      '==============================================================',
      'Guild: Server',
      'Channel: Text / tea',
      'Topic: [31/05/2024 09:00] leaves',
      '==============================================================',
      '',
      '[31/05/2024 09:30] ann',
      'hello: all',
      '',
      '[31/05/2024 09:31] bo (pinned)',
      'two',
      'lines',
      '',
      '{Attachments}',
      'https://cdn.example.org/x.png',
      '',
      '{Reactions}',
      '👍 (2)',
      '',
      '==============================================================',
      'Exported 2 message(s)',
      '=============================================================='
    ),
    local: true,
    lines: { 'Server #tea': ['2024-05-31 09:30:00 ann: hello: all', '2024-05-31 09:31:00 bo: two\nlines [image x.png] (pinned) (👍 by ×2)'] }
  },
  {
    of: 'IRC, times with a zone',
    format: 'irc',
    file: '#tea/tea.txt',
    content: lines('[2024-05-31T09:30:00+0200] <ann> hi', '[2024-05-31T09:31:00+0200] • bo: waves', '[2024-05-31T09:32:00+0200] *** bo left'),
    lines: { tea: ['2024-05-31T07:30:00.000Z ann: hi', '2024-05-31T07:31:00.000Z bo: * bo waves'] },
    notices: 1
  },
  {
    of: 'PyWxDump, JSON',
    format: 'wechat',
    file: '1@chatroom_0_2.json',
    content: [
      {
        id: 1,
        MsgSvrID: '11',
        type_name: '文本',
        is_sender: 0,
        talker: 'wxid_b',
        room_name: '1@chatroom',
        msg: '你好',
        src: '',
        CreateTime: '2024-05-31 09:30:00'
      },
      {
        id: 2,
        MsgSvrID: '12',
        type_name: '图片',
        is_sender: 1,
        talker: '我',
        room_name: '1@chatroom',
        msg: '图片',
        src: 'FileStorage/1.dat',
        CreateTime: '2024-05-31 09:31:00'
      }
    ],
    local: true,
    lines: { '1@chatroom': ['2024-05-31 09:30:00 <wxid_b: 你好', '2024-05-31 09:31:00 >我: [image 1.dat]'] }
  },
  {
    of: 'PyWxDump, table of a group',
    format: 'wechat',
    file: 'group.csv',
    content:
      'id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n1,1,文本,0,wxid_b,1@chatroom,你好,,2024-05-31 09:30:00\n2,2,文本,0,wxid_c,1@chatroom,早,,2024-05-31 09:31:00\n',
    local: true,
    lines: { '1@chatroom': ['2024-05-31 09:30:00 <wxid_b: 你好', '2024-05-31 09:31:00 <wxid_c: 早'] }
  },
  {
    of: 'QQ, Taiwan',
    format: 'qq',
    file: '訊息.txt',
    content: lines(
      '訊息記錄（此訊息記錄為文字格式，不支援重新匯入）',
      '',
      '========',
      '訊息分組:我的好友',
      '========',
      '訊息對象:小紅',
      '========',
      '',
      '2012-05-31 下午 09:30:00 小紅',
      '晚安'
    ),
    local: true,
    lines: { 小紅: ['2012-05-31 21:30:00 小紅: 晚安'] }
  },
  {
    of: 'Pidgin, page of 2.14',
    format: 'pidgin',
    file: 'ann@example.org/2024-05-31.093000+0200CEST.html',
    content:
      '<!DOCTYPE html><html><head><title>Conversation with ann@example.org at Fri 31 May 2024 09:30:00 AM CEST on me@example.org/ (jabber)</title></head><body><h1>Conversation with ann@example.org at Fri 31 May 2024 09:30:00 AM CEST on me@example.org/ (jabber)</h1><p>\n<span style="color: #A82F2F"><span style="font-size: smaller">(09:30:10 AM)</span> <b>Ann:</b></span> hi &lt;3<br>\n<span style="color: #16569E"><span style="font-size: smaller">(09:31:10 AM)</span> <b>me:</b></span> yes<br>\n<span style="font-size: smaller">(09:32:10 AM)</span><b> Ann has signed off.</b><br>\n</p></body></html>',
    lines: { 'ann@example.org': ['2024-05-31T07:30:10.000Z <Ann: hi <3', '2024-05-31T07:31:10.000Z >me: yes'] },
    notices: 1
  },
  {
    of: 'Slack, one day',
    format: 'slack',
    file: 'general/2024-05-31.json',
    content: [
      { type: 'message', user: 'U1', text: 'hi <@U2> &amp; <https://a.b|link>', ts: '1717140600.000100', user_profile: { real_name: 'Ann' } },
      { type: 'message', subtype: 'channel_join', user: 'U1', text: 'joined', ts: '1717140601.000100' },
      { type: 'message', user: 'U2', text: 'yes', ts: '1717140603.000100', user_profile: { real_name: 'Bo' }, edited: { user: 'U2', ts: '1' } }
    ],
    lines: { '#general': ['2024-05-31T07:30:00.000Z Ann: hi @Bo & link (https://a.b)', '2024-05-31T07:30:03.000Z Bo: yes (edited)'] },
    notices: 1
  },
  {
    of: 'iMazing',
    format: 'csv',
    file: 'Messages - Ann.csv',
    content:
      'Chat Session,Message Date,Delivered Date,Type,Sender ID,Sender Name,Status,Text,Attachment\nAnn,2024-05-31 09:30:00,,Incoming,+15550001,Ann,Read,hello,\nAnn,2024-05-31 09:31:00,,Outgoing,,,Delivered,hi,IMG_1.HEIC\nAnn,2024-05-31 09:32:00,,Notification,,,,Ann changed the name,\n',
    local: true,
    lines: { Ann: ['2024-05-31 09:30:00 <Ann: hello', '2024-05-31 09:31:00 >Me: hi [image IMG_1.HEIC]'] },
    notices: 1
  },
  {
    of: 'DingTalk, messages of a robot',
    format: 'dingtalk',
    file: 'messages.json',
    content: [
      {
        msgId: 'm1',
        conversationId: 'cidA',
        conversationTitle: '产品群',
        senderNick: '张三',
        createAt: 1717147800000,
        msgtype: 'text',
        text: { content: '你好' }
      },
      {
        msgId: 'm2',
        conversationId: 'cidA',
        conversationTitle: '产品群',
        senderNick: '李四',
        createAt: 1717147860000,
        msgtype: 'picture',
        content: { downloadCode: 'x' }
      },
      {
        msgId: 'm3',
        conversationId: 'cidA',
        conversationTitle: '产品群',
        senderNick: '李四',
        createAt: 1717147920000,
        msgtype: 'richText',
        content: { richText: [{ text: '看这个' }, { type: 'picture', downloadCode: 'z' }] }
      },
      {
        msgId: 'm4',
        conversationId: 'cidA',
        conversationTitle: '产品群',
        senderNick: '张三',
        createAt: 1717147980000,
        msgtype: 'file',
        content: { fileName: '报价.pdf' }
      }
    ],
    lines: {
      产品群: [
        '2024-05-31T09:30:00.000Z 张三: 你好',
        '2024-05-31T09:31:00.000Z 李四: [image 图片]',
        '2024-05-31T09:32:00.000Z 李四: 看这个 [image 图片]',
        '2024-05-31T09:33:00.000Z 张三: [file 报价.pdf]'
      ]
    }
  },
  {
    of: 'DingTalk, conversations of its database',
    format: 'dingtalk',
    file: 'export.json',
    content: {
      export_time: '2024-06-01',
      conversations: [
        {
          conversation_id: '100:200',
          title: '100:200',
          type: 'single',
          messages: [
            { message_id: 1, sender_id: 100, sender_name: '张三', content_type: 1, content_type_name: '文本', created_at: 1717147800000, content: '你好' },
            { message_id: 2, sender_id: 200, sender_name: '李四', content_type: 2, content_type_name: '图片', created_at: 1717147860000, content: '[图片]' }
          ]
        },
        {
          conversation_id: 'cidG',
          title: '产品群',
          type: 'group',
          messages: [
            { message_id: 3, sender_id: 100, sender_name: '张三', content_type: 1, content_type_name: '文本', created_at: 1717147920000, content: '大家好' }
          ]
        }
      ]
    },
    lines: {
      '张三, 李四': ['2024-05-31T09:30:00.000Z 张三: 你好', '2024-05-31T09:31:00.000Z 李四: [image 图片]'],
      产品群: ['2024-05-31T09:32:00.000Z 张三: 大家好']
    }
  },
  {
    of: 'DingTalk, rows of its database',
    format: 'dingtalk',
    file: 'rows.jsonl',
    content: [
      '{"mid":"1","cid":"cidG","senderId":"100","senderName":"张三","contentType":1,"createdAt":1717147800000,"content":"{\\"contentType\\":1,\\"textContent\\":{\\"text\\":\\"你好\\"}}"}',
      '{"mid":"2","cid":"cidG","senderId":"100","contentType":500,"createdAt":1717147860000,"content":"{\\"contentType\\":500,\\"attachments\\":[{\\"extension\\":{\\"f_name\\":\\"报价.pdf\\"}}]}"}'
    ].join('\n'),
    lines: { cidG: ['2024-05-31T09:30:00.000Z 张三: 你好', '2024-05-31T09:31:00.000Z 张三: [file 报价.pdf]'] }
  },
  {
    of: 'Feishu, answer of its list of messages',
    format: 'feishu',
    file: 'messages.json',
    content: {
      code: 0,
      msg: 'success',
      data: {
        has_more: false,
        items: [
          {
            message_id: 'om_1',
            msg_type: 'text',
            create_time: '1717147800000',
            chat_id: 'oc_5',
            sender: { id: 'ou_1', id_type: 'open_id', sender_type: 'user' },
            body: { content: '{"text":"@_user_1 明天开会"}' },
            mentions: [{ key: '@_user_1', id: 'ou_2', id_type: 'open_id', name: '李四' }]
          },
          {
            message_id: 'om_2',
            parent_id: 'om_1',
            msg_type: 'image',
            create_time: '1717147860000',
            chat_id: 'oc_5',
            sender: { id: 'ou_2' },
            body: { content: '{"image_key":"img_v2"}' }
          },
          {
            message_id: 'om_3',
            msg_type: 'post',
            create_time: '1717147870000',
            updated: true,
            chat_id: 'oc_5',
            sender: { id: 'ou_2' },
            body: {
              content:
                '{"title":"周报","content":[[{"tag":"text","text":"看"},{"tag":"a","href":"https://example.org","text":"这里"}],[{"tag":"at","user_id":"x","user_name":"王五"}]]}'
            }
          },
          { message_id: 'om_4', msg_type: 'system', create_time: '1717147880000', chat_id: 'oc_5', sender: { id: 'ou_2' }, body: { content: '{}' } },
          { message_id: 'om_5', msg_type: 'hongbao', create_time: '1717147890000', chat_id: 'oc_5', sender: { id: 'ou_2' }, body: { content: '{"x":1}' } }
        ]
      }
    },
    lines: {
      oc_5: [
        '2024-05-31T09:30:00.000Z ou_1: @李四 明天开会',
        '2024-05-31T09:31:00.000Z 李四: [image img_v2] (re om_1)',
        '2024-05-31T09:31:10.000Z 李四: 周报\n看这里 (https://example.org)\n@王五 (edited)'
      ]
    },
    notices: 1,
    unread: { hongbao: 1 }
  },
  {
    of: 'WeCom, archive of conversations',
    format: 'wecom',
    file: 'chatdata.jsonl',
    content: [
      { msgid: 'm1', action: 'send', from: 'ann', tolist: ['bo'], roomid: '', msgtime: 1717147800000, msgtype: 'text', text: { content: '你好' } },
      {
        msgid: 'm2',
        action: 'send',
        from: 'bo',
        tolist: ['ann'],
        roomid: '',
        msgtime: 1717147860000,
        msgtype: 'file',
        file: { filename: '资料.docx', fileext: 'docx', filesize: 18181, sdkfileid: 'E4' }
      },
      { msgid: 'm3', action: 'recall', from: 'bo', tolist: ['ann'], roomid: '', msgtime: 1717147870000, msgtype: 'revoke', revoke: { pre_msgid: 'm2' } },
      {
        msgid: 'm4',
        action: 'send',
        from: 'ann',
        tolist: ['bo', 'cy'],
        roomid: 'wr1',
        msgtime: 1717147880000,
        msgtype: 'link',
        link: { title: '公告', description: '放假', link_url: 'https://example.org', image_url: 'x' }
      }
    ],
    lines: {
      'ann, bo': ['2024-05-31T09:30:00.000Z ann: 你好', '2024-05-31T09:31:00.000Z bo: [file 资料.docx]'],
      wr1: ['2024-05-31T09:31:20.000Z ann: 公告\n放假\nhttps://example.org']
    },
    notices: 1
  }
]
