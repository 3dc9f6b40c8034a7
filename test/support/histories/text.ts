/** Histories as lines of text or tables. */
import type { HistoryFixture } from './history.ts'

const lines = (...text: string[]): string => text.join('\r\n')

export const TEXT_HISTORIES: HistoryFixture[] = [
  {
    of: 'QQ, group',
    format: 'qq',
    file: '同学.txt',
    content: lines(
      '消息记录（此消息记录为文本格式，不支持重新导入）',
      '',
      '================================================================',
      '消息分组:我的群聊',
      '================================================================',
      '消息对象:同学',
      '================================================================',
      '',
      '2019-07-16 18:15:05 【管理员】张三(23333233)',
      '晚上吃什么',
      '火锅？',
      '',
      '2019-07-16 18:15:11 李四<li@example.com>',
      '[图片]',
      '',
      '2019-07-16 9:15:12 23333233(23333233)',
      '好',
      '',
      '2019-07-16 18:15:30 A(33333)',
      '一个字母',
      '',
      '2019-07-16 18:15:40 PM小王(44444)',
      '午后',
      '',
      '2019-07-16 18:16:00 系统消息(10000)',
      '王五加入本群。',
      ''
    ),
    local: true,
    lines: {
      同学: [
        '2019-07-16 18:15:05 张三: 晚上吃什么\n火锅？',
        '2019-07-16 18:15:11 李四: [image 图片]',
        '2019-07-16 09:15:12 张三: 好',
        '2019-07-16 18:15:30 A: 一个字母',
        '2019-07-16 18:15:40 PM小王: 午后'
      ]
    },
    notices: 1
  },
  {
    of: 'QQ, all chats of twelve hours',
    format: 'qq',
    file: '全部消息记录.txt',
    content: lines(
      '消息记录（此消息记录为文本格式，不支持重新导入）',
      '',
      '================',
      '消息分组:我的好友',
      '================',
      '消息对象:小红',
      '================',
      '',
      '2012-05-31 下午 09:30:00 小红',
      '晚安',
      '',
      '================',
      '消息分组:我的好友',
      '================',
      '消息对象:小刚',
      '================',
      '',
      '2012-06-01 上午 12:05:00 小刚',
      '还没睡'
    ),
    local: true,
    lines: { 小红: ['2012-05-31 21:30:00 小红: 晚安'], 小刚: ['2012-06-01 00:05:00 小刚: 还没睡'] }
  },
  {
    of: 'LINE, Japanese',
    format: 'line',
    file: '[LINE] 花子とのトーク.txt',
    content: lines(
      '[LINE] 花子とのトーク履歴',
      '保存日時：2024/06/01 10:00',
      '',
      '2024/05/31(金)',
      '09:30\t花子\t今どこ？',
      '21:31\t太郎\t"駅\n""北口""だよ"',
      '21:31\t太郎\t"引用で始まる',
      '09:32\t花子がメッセージの送信を取り消しました',
      '',
      '2024/06/01(土)',
      '00:05\t花子\t[写真]'
    ),
    local: true,
    lines: {
      花子: [
        '2024-05-31 09:30:00 花子: 今どこ？',
        '2024-05-31 21:31:00 太郎: 駅\n"北口"だよ',
        '2024-05-31 21:31:00 太郎: "引用で始まる',
        '2024-06-01 00:05:00 花子: [image 写真]'
      ]
    },
    notices: 1
  },
  {
    of: 'LINE, English, twelve hours',
    format: 'line',
    file: '[LINE] Chat history with Ann.txt',
    content: lines(
      '[LINE] Chat history with Ann',
      'Saved on: 6/1/2024, 10:00',
      '',
      'Fri, 5/31/2024',
      '9:30PM\tAnn\thello',
      '9:31PM\t\tAnn joined the group.',
      'Sat, 6/1/2024',
      '12:05AM\tBo\tbye'
    ),
    local: true,
    lines: { Ann: ['2024-05-31 21:30:00 Ann: hello', '2024-06-01 00:05:00 Bo: bye'] },
    notices: 1
  },
  {
    of: 'LINE, Taiwan',
    format: 'line',
    file: '[LINE]與小美的聊天.txt',
    content: lines(
      '[LINE] 與小美的聊天記錄',
      '儲存日期：2024/06/01 10:00',
      '',
      '2024/05/31（五）',
      '上午09:30\t小美\t早安',
      '下午09:31\t阿強\t☎ 通話時間 1:02'
    ),
    local: true,
    lines: { 小美: ['2024-05-31 09:30:00 小美: 早安', '2024-05-31 21:31:00 阿強: ☎ 通話時間 1:02'] }
  },
  {
    of: 'LINE of the PC',
    format: 'line',
    file: '花子.txt',
    content: lines(
      '2024.05.31 Friday',
      '09:30 花子 今どこ',
      '09:31 Taro Yamada 家 だよ',
      '09:32 Taro Yamada 来る？',
      '2024.06.01 Saturday',
      '10:00 花子 Stickers',
      '10:01 Taro Yamada はい'
    ),
    local: true,
    lines: {
      花子: [
        '2024-05-31 09:30:00 花子: 今どこ',
        '2024-05-31 09:31:00 Taro Yamada: 家 だよ',
        '2024-05-31 09:32:00 Taro Yamada: 来る？',
        '2024-06-01 10:00:00 花子: [image Stickers]',
        '2024-06-01 10:01:00 Taro Yamada: はい'
      ]
    }
  },
  {
    of: 'signal-export, Markdown',
    format: 'signal',
    file: 'Ann Lee/chat.md',
    content: lines(
      '[2024-05-31 09:30:05] Ann Lee: first  ',
      'second line  ',
      '(- Me: 🎉, Ann Lee: ❤️ -)',
      '[2024-05-31 09:31:00] Me: ',
      '',
      '> first',
      '> second line',
      '',
      'answer  ![trip (1).jpg](./media/trip%20(1).jpg)  [plan.pdf](./media/plan.pdf)  ',
      '[2024-05-31 09:32:00] Ann Lee: (This message was deleted)',
      '[2024-05-31 09:33:00] Ann Lee:   ',
      '(( 😀 ))',
      '[2024-05-31 09:34:00] Me: Outgoing voice call (accepted, 2m 3s)  ',
      '[2024-05-31 09:35:00] Ann Lee:   [😺](../exported_stickers/pack/1.webp)  '
    ),
    local: true,
    self: 'Me',
    lines: {
      'Ann Lee': [
        '2024-05-31 09:30:05 Ann Lee: first\nsecond line (🎉 by Me) (❤️ by Ann Lee)',
        '2024-05-31 09:31:00 >Me: > first\n> second line\nanswer [image trip (1).jpg] [file plan.pdf]',
        '2024-05-31 09:32:00 Ann Lee: ',
        '2024-05-31 09:33:00 Ann Lee: 😀',
        '2024-05-31 09:34:00 >Me: 📞 Outgoing voice call (accepted, 2m 3s)',
        '2024-05-31 09:35:00 Ann Lee: 😺 [image 1.webp]'
      ]
    }
  },
  {
    of: 'LINE, weekdays that tell the order of the numbers',
    format: 'line',
    file: '[LINE] Chat with Ann.txt',
    content: lines(
      '[LINE] Chat history with Ann',
      'Saved on: 5/3/2024, 15:04',
      '',
      'Fri, 5/3/2024',
      '15:04\tAnn\thi',
      '15:05\tBo\t[Photo]',
      'Sat, 5/4/2024',
      '09:05\tAnn\tmorning'
    ),
    local: true,
    lines: { Ann: ['2024-05-03 15:04:00 Ann: hi', '2024-05-03 15:05:00 Bo: [image Photo]', '2024-05-04 09:05:00 Ann: morning'] }
  },
  {
    of: 'KakaoTalk of the PC',
    format: 'kakaotalk',
    file: 'KakaoTalk_20240601.txt',
    content: lines(
      '동네 모임 3 님과 카카오톡 대화',
      '저장한 날짜 : 2024-06-01 10:00:00',
      '',
      '--------------- 2024년 5월 31일 금요일 ---------------',
      '지우님이 들어왔습니다.',
      '[지우] [오전 9:30] 안녕',
      '둘째 줄',
      '[하준/3] [오후 9:31] 사진',
      '--------------- 2024년 6월 1일 토요일 ---------------',
      '[지우] [오전 12:05] 응'
    ),
    local: true,
    lines: { '동네 모임': ['2024-05-31 09:30:00 지우: 안녕\n둘째 줄', '2024-05-31 21:31:00 하준/3: [image 사진]', '2024-06-01 00:05:00 지우: 응'] },
    notices: 1
  },
  {
    of: 'KakaoTalk of the PC, English',
    format: 'kakaotalk',
    file: 'KakaoTalk_x.txt',
    content: lines(
      'Ann with KakaoTalk Chats',
      'Date Saved : 2024-06-01 10:00:00',
      '',
      '--------------- Friday, May 31, 2024 ---------------',
      '[Ann] [9:30 PM] hi',
      '[Bo] [9:31 PM] yes'
    ),
    local: true,
    lines: { Ann: ['2024-05-31 21:30:00 Ann: hi', '2024-05-31 21:31:00 Bo: yes'] }
  },
  {
    of: 'KakaoTalk of Android',
    format: 'kakaotalk',
    file: 'KakaoTalkChats.txt',
    content: lines(
      '지우 님과 카카오톡 대화',
      '저장한 날짜 : 2024년 6월 1일 오전 10:00',
      '',
      '',
      '2024년 5월 31일 오후 9:30',
      '2024년 5월 31일 오후 9:30, 지우 : 저녁 먹자',
      '정말로',
      '2024년 5월 31일 오후 9:31, 나 : 그래: 좋아',
      '2024년 6월 1일 오전 12:05, 지우님이 나갔습니다.'
    ),
    local: true,
    lines: { 지우: ['2024-05-31 21:30:00 지우: 저녁 먹자\n정말로', '2024-05-31 21:31:00 나: 그래: 좋아'] },
    notices: 2
  },
  {
    of: 'KakaoTalk of the iPhone',
    format: 'kakaotalk',
    file: 'Talk_2024.6.1 10:00-1.txt',
    content: lines(
      'Talk_2024.6.1 10:00-1.txt',
      '저장한 날짜 : 2024. 6. 1. 오전 10:00',
      '',
      '2024년 5월 31일 금요일',
      '2024. 5. 31. 오후 9:30, 지우 : 안녕',
      '2024. 5. 31. 오후 9:31: 지우님이 하준님을 초대했습니다.',
      '2024. 5. 31. 오후 9:32, 하준 : 반가워'
    ),
    local: true,
    lines: { 'Talk_2024.6.1 10:00-1': ['2024-05-31 21:30:00 지우: 안녕', '2024-05-31 21:32:00 하준: 반가워'] },
    notices: 1
  },
  {
    of: 'KakaoTalk of phones, English',
    format: 'kakaotalk',
    file: 'KakaoTalkChats2.txt',
    content: lines(
      'KakaoTalk Chats with Ann',
      'Date Saved : May 31, 2024, 10:00 PM',
      '',
      'May 31, 2024, 9:30 PM',
      'May 31, 2024, 9:30 PM, Ann : hello',
      'June 1, 2024, 12:05 AM, Bo : good night'
    ),
    local: true,
    lines: { Ann: ['2024-05-31 21:30:00 Ann: hello', '2024-06-01 00:05:00 Bo: good night'] },
    notices: 1
  },
  {
    of: 'weechat',
    format: 'irc',
    file: 'irc.libera.#tea.weechatlog',
    content: lines(
      '2024-05-31 09:29:59\t-->\tann (~a@host) has joined #tea',
      '2024-05-31 09:30:00\t@ann\tgreen \u000304or\u0003 black?',
      '2024-05-31 09:31:00\tbo\tblack',
      '2024-05-31 09:32:00\t *\tbo pours'
    ),
    local: true,
    lines: { 'libera.#tea': ['2024-05-31 09:30:00 ann: green or black?', '2024-05-31 09:31:00 bo: black', '2024-05-31 09:32:00 bo: * bo pours'] },
    notices: 1
  },
  {
    of: 'irssi',
    format: 'irc',
    file: '#tea.log',
    content: lines(
      '--- Log opened Fri May 31 09:29:00 2024',
      '09:29 -!- ann [~a@host] has joined #tea',
      '09:30 <@ann> hello: all',
      '--- Day changed Sat Jun 01 2024',
      '00:05 < bo> late',
      '00:06  * bo yawns',
      '--- Log closed Sat Jun 01 00:07:00 2024'
    ),
    local: true,
    lines: { '#tea': ['2024-05-31 09:30:00 ann: hello: all', '2024-06-01 00:05:00 bo: late', '2024-06-01 00:06:00 bo: * bo yawns'] },
    notices: 1
  },
  {
    of: 'ZNC',
    format: 'irc',
    file: '#tea/2024-05-31.log',
    content: lines('[09:29:00] *** Joins: ann (~a@host)', '[09:30:00] <ann> hello', '[09:31:00] * bo waves', '[09:32:00] <bo> bye'),
    local: true,
    lines: { '#tea': ['2024-05-31 09:30:00 ann: hello', '2024-05-31 09:31:00 bo: * bo waves', '2024-05-31 09:32:00 bo: bye'] },
    notices: 1
  },
  {
    of: 'HexChat',
    format: 'irc',
    file: 'tea-#tea.log',
    content: lines('**** BEGIN LOGGING AT Fri May 31 09:29:00 2024', '', 'May 31 09:30:00 <ann>\thello', 'May 31 09:31:00 *\tbo has quit (bye)'),
    local: true,
    lines: { 'tea-#tea': ['2024-05-31 09:30:00 ann: hello', '2024-05-31 09:31:00 bo: * bo has quit (bye)'] }
  },
  {
    of: 'Psi',
    format: 'psi',
    file: 'ann_at_example.org.history',
    content: lines('|2024-05-31T09:30:00|1|from|N---|hello\\nthere', '|2024-05-31T09:31:00|1|to|N---|a\\p b', '|2024-05-31T09:32:00|2|from|N---|'),
    local: true,
    lines: { 'ann@example.org': ['2024-05-31 09:30:00 <ann@example.org: hello\nthere', '2024-05-31 09:31:00 >Me: a| b'] },
    notices: 1
  },
  {
    of: 'Pidgin, text',
    format: 'pidgin',
    file: 'ann@example.org/2024-05-31.235900+0200CEST.txt',
    content: lines(
      'Conversation with ann@example.org at Fri 31 May 2024 11:59:00 PM CEST on me@example.org/home (jabber)',
      '(11:59:30 PM) Ann: late: again',
      'and more',
      '(12:05:00 AM) me: yes',
      '(12:06:00 AM) Ann has signed off.'
    ),
    lines: { 'ann@example.org': ['2024-05-31T21:59:30.000Z Ann: late: again\nand more', '2024-05-31T22:05:00.000Z me: yes'] },
    notices: 1
  },
  {
    of: 'imessage-exporter, text',
    format: 'imessage',
    file: '+15550001.txt',
    content: [
      'May 31, 2024  9:30:00 AM (Read by you after 1 minute)',
      'Ann',
      'Shall we?',
      'Tapbacks:',
      '    Loved by Me',
      '',
      'May 31, 2024  9:31:00 AM',
      'Me',
      'attachments/1/cat.jpeg',
      'Look at her',
      '',
      'May 31, 2024  9:32:00 AM You renamed the conversation to Cats',
      ''
    ].join('\n'),
    local: true,
    lines: { '+15550001': ['2024-05-31 09:30:00 <Ann: Shall we? (❤️ by Me)', '2024-05-31 09:31:00 >Me: Look at her [image cat.jpeg]'] },
    notices: 1
  },
  {
    of: 'sigtop, text',
    format: 'signal',
    file: 'Ann.txt',
    content: [
      'Conversation: Ann (+491)',
      '',
      'From: Ann (+491)',
      'Type: incoming',
      'Sent: Fri, 31 May 2024 11:30:00 +0200',
      'Received: Fri, 31 May 2024 11:30:01 +0200',
      'Attachment: a.pdf (application/pdf, 12 bytes)',
      'Reaction: 👍 from Me',
      '',
      'see this',
      'From: is a word, too',
      '',
      'From: You',
      'Type: outgoing',
      'Sent: Fri, 31 May 2024 11:31:00 +0200',
      '',
      'thanks',
      ''
    ].join('\n'),
    lines: { Ann: ['2024-05-31T09:30:00.000Z <Ann: see this\nFrom: is a word, too [file a.pdf] (👍 by Me)', '2024-05-31T09:31:00.000Z >You: thanks'] }
  },
  {
    of: 'WechatExporter, text',
    format: 'wechat',
    file: '小美.txt',
    content: lines(
      '小美 - 微信聊天记录',
      '',
      '小美 (2024-05-31 09:30:00):吃了吗',
      '阿强 (2024-05-31 09:31:00):还没',
      '等你',
      '小美 (2024-05-31 09:32:00):[图片]'
    ),
    local: true,
    lines: { 小美: ['2024-05-31 09:30:00 小美: 吃了吗', '2024-05-31 09:31:00 阿强: 还没\n等你', '2024-05-31 09:32:00 小美: [image 图片]'] }
  },
  {
    of: 'MemoTrace, text',
    format: 'wechat',
    file: '美美.txt',
    content: [
      '2024-05-31 09:30:00 美美',
      '吃了吗',
      '',
      '2024-05-31 09:31:00 阿强',
      '还没',
      '引用:美美:吃了吗',
      '',
      '2024-05-31 09:32:00 你撤回了一条消息',
      '',
      ''
    ].join('\n'),
    local: true,
    lines: { 美美: ['2024-05-31 09:30:00 美美: 吃了吗', '2024-05-31 09:31:00 阿强: > 美美: 吃了吗\n还没'] },
    notices: 1
  },
  {
    of: 'MemoTrace, table',
    format: 'wechat',
    file: '美美_utf8.csv',
    content:
      '\ufefflocalId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n1,2,1,0,0,1717147800,0,"你好, 世界",2024-05-31 17:30:00\n2,2,3,0,1,1717147860,0,"<?xml version=""1.0""?><msg><img aeskey=""x""/></msg>",2024-05-31 17:31:00\n3,2,10000,0,0,1717147870,0,你撤回了一条消息,2024-05-31 17:31:10\n4,2,49,57,0,1717147880,0,"<msg><appmsg><title>好的</title><type>57</type><refermsg><displayname>阿强</displayname><content>几点</content></refermsg></appmsg></msg>",2024-05-31 17:31:20\n',
    lines: {
      美美: ['2024-05-31T09:30:00.000Z <美美: 你好, 世界', '2024-05-31T09:31:00.000Z >我: [image 图片]', '2024-05-31T09:31:20.000Z <美美: > 阿强: 几点\n好的']
    },
    notices: 1
  },
  {
    of: 'chatlog, table',
    format: 'wechat',
    file: 'export.csv',
    content: 'Time,SenderName,Sender,TalkerName,Talker,Content\n2024-05-31T17:30:00+08:00,妈,wxid_b,家人,1@chatroom,回家吃饭\n',
    lines: { 家人: ['2024-05-31T09:30:00.000Z 妈: 回家吃饭'] }
  },
  {
    of: 'Viber',
    format: 'viber',
    file: 'Ann.csv',
    content: '31/05/2024,09:30:15,Ann,+491701234567,"hello, you"\n31/05/2024,09:31:00,Me,+491700000000,hi\n',
    local: true,
    lines: { Ann: ['2024-05-31 09:30:15 Ann: hello, you', '2024-05-31 09:31:00 >Me: hi'] }
  },
  {
    of: 'a table',
    format: 'csv',
    file: 'table.csv',
    content: 'time,sender,text\n2024-05-31 09:30:00,Ann,plain\n',
    local: true,
    lines: { table: ['2024-05-31 09:30:00 Ann: plain'] }
  },
  {
    of: 'a table of tabs',
    format: 'tsv',
    file: 'table.tsv',
    content: 'Ann\t2024-05-31 09:30:00\tplain\nBo\t2024-05-31 09:31:00\ttoo\n',
    local: true,
    lines: { table: ['2024-05-31 09:30:00 Ann: plain', '2024-05-31 09:31:00 Bo: too'] }
  },
  {
    of: 'KakaoTalk of the Mac',
    format: 'csv',
    file: 'KakaoTalk_Chat_Ann.csv',
    content: 'Date,User,Message\n2024-05-31 09:30:00,"지우","안녕, 하준"\n',
    local: true,
    lines: { KakaoTalk_Chat_Ann: ['2024-05-31 09:30:00 지우: 안녕, 하준'] }
  },
  {
    of: 'WhatsApp',
    format: 'whatsapp',
    file: 'WhatsApp Chat with Ann.txt',
    content: '31/05/2024, 09:30 - Ann: hello\n31/05/2024, 09:31 - Bo: hi, Ann : yes\n',
    local: true,
    lines: { Ann: ['2024-05-31 09:30:00 Ann: hello', '2024-05-31 09:31:00 Bo: hi, Ann : yes'] }
  },
  {
    of: 'WhatsApp, Korean',
    format: 'whatsapp',
    file: 'WhatsApp 대화 - 지우.txt',
    content: '2023. 12. 31. 오후 9:15 - 지우: 안녕\n2024. 1. 1. 오전 12:05 - 하준: 응',
    local: true,
    lines: { 지우: ['2023-12-31 21:15:00 지우: 안녕', '2024-01-01 00:05:00 하준: 응'] }
  },
  // system messages of the phone are recognised without a mark in front of them, in every language
  ...(
    [
      ['de', 'WhatsApp-Chat mit Reise.txt', 'Reise', 'hallo <Diese Nachricht wurde bearbeitet.>'],
      ['es', 'Chat de WhatsApp con Viaje.txt', 'Viaje', 'hola <Se editó este mensaje.>'],
      ['ru', 'Чат WhatsApp с контактом Поездка.txt', 'Поездка', 'да <Сообщение изменено>'],
      ['ko', 'WhatsApp 대화 - 여행.txt', '여행', '네 <이 메시지는 수정되었습니다>'],
      ['id', 'Obrolan WhatsApp dengan Wisata.txt', 'Wisata', 'ya <Pesan ini diedit>'],
      ['he', "צ'אט WhatsApp עם טיול.txt", 'טיול', 'כן <ההודעה נערכה>'],
      ['hi', 'यात्रा के साथ WhatsApp चैट.txt', 'यात्रा', 'हाँ <यह मैसेज एडिट किया गया>']
    ] as const
  ).map(([language, file, group, said]): HistoryFixture => ({
    of: `WhatsApp, edited, ${language}`,
    format: 'whatsapp',
    file,
    content: `31/05/2024, 09:30 - Ann: ${said}\n31/05/2024, 09:31 - Bo: use <b>bold</b>\n31/05/2024, 09:32 - Cy: I feel <very sad today>`,
    local: true,
    lines: {
      [group]: [
        `2024-05-31 09:30:00 Ann: ${said.slice(0, said.indexOf(' <'))} (edited)`,
        '2024-05-31 09:31:00 Bo: use <b>bold</b>',
        '2024-05-31 09:32:00 Cy: I feel <very sad today>'
      ]
    }
  })),
  {
    of: 'WhatsApp of iPhones',
    format: 'whatsapp',
    file: '_chat.txt',
    content: '[31/05/2024, 09:30:00] Ann: hello\n[31/05/2024, 09:31:00] Bo: hi',
    local: true,
    lines: { 'Ann, Bo': ['2024-05-31 09:30:00 Ann: hello', '2024-05-31 09:31:00 Bo: hi'] }
  },
  {
    of: 'LINE, Korean, days with points',
    format: 'line',
    file: '[LINE] 지우님과의 대화.txt',
    content: '[LINE] 지우님과의 대화\n저장한 날짜 : 2024. 5. 31. 10:00\n\n2024. 5. 31. 금요일\n오후 9:30\t지우\t안녕\n',
    local: true,
    lines: { 지우: ['2024-05-31 21:30:00 지우: 안녕'] }
  },
  {
    of: 'LINE, days in words',
    format: 'line',
    file: '[LINE] Chat with Bo.txt',
    content: '[LINE] Chat history with Bo\nSaved on: 2024/05/31, 10:00\n\nFriday, May 31, 2024\n9:30 AM\tAnn\thello\n9:31 PM\tBo\tyo\n',
    local: true,
    lines: { Bo: ['2024-05-31 09:30:00 Ann: hello', '2024-05-31 21:31:00 Bo: yo'] }
  },
  {
    of: 'mIRC, what the program says',
    format: 'irc',
    file: '#tea.log',
    content:
      '\nSession Start: Fri May 31 09:29:00 2024\nSession Ident: #tea\n[09:29] * Now talking in #tea\n[09:30] * ann (~ann@host) has joined #tea\n[09:30] <ann> hello\n[09:31] * ann has joined the choir\n[09:32] * bo is now known as bob\n[09:32] * bob sets mode: +o ann\n',
    local: true,
    lines: { '#tea': ['2024-05-31 09:30:00 ann: hello', '2024-05-31 09:31:00 ann: * ann has joined the choir'] },
    notices: 4
  },
  {
    of: 'Telegram, entities alone, stories and what it cannot show',
    format: 'telegram',
    file: 'result.json',
    content: JSON.stringify({
      name: 'Ann',
      type: 'personal_chat',
      id: 5,
      messages: [
        {
          id: 1,
          type: 'message',
          date_unixtime: '1717147800',
          from: 'Ann',
          from_id: 'user5',
          text: '',
          text_entities: [
            { type: 'plain', text: 'hi ' },
            { type: 'bold', text: 'you' }
          ]
        },
        { id: 2, type: 'message', date_unixtime: '1717147800', from: 'Ann', from_id: 'user5', text: '', media_type: 'story' },
        { id: 3, type: 'unsupported', date_unixtime: '1717147800', from: 'Ann', from_id: 'user5', text: '' }
      ]
    }),
    lines: { Ann: ['2024-05-31T09:30:00.000Z <Ann: hi you', '2024-05-31T09:30:00.000Z <Ann: [story]'] },
    unread: { unsupported: 1 }
  },
  {
    of: 'Telegram',
    format: 'telegram',
    file: 'result.json',
    content: JSON.stringify({
      name: 'Ann',
      type: 'personal_chat',
      id: 5,
      messages: [{ id: 1, type: 'message', date: '2024-05-31T09:30:00', date_unixtime: '1717147800', from: 'Ann', from_id: 'user5', text: 'hi' }]
    }),
    lines: { Ann: ['2024-05-31T09:30:00.000Z <Ann: hi'] }
  },
  {
    of: 'JSON lines',
    format: 'jsonl',
    file: 'own.jsonl',
    content: '{"sender":"Ann","time":"2024-05-31T09:30:00Z","text":"hi","conversation":"Ann"}\n',
    lines: { Ann: ['2024-05-31T09:30:00.000Z Ann: hi'] }
  },
  {
    of: 'JSON',
    format: 'json',
    file: 'list.json',
    content: '[{"sender":"Ann","time":"2024-05-31T09:30:00Z","text":"hi"}]',
    lines: { list: ['2024-05-31T09:30:00.000Z Ann: hi'] }
  },
  {
    of: 'WeChat, sent by mail',
    format: 'wechat',
    file: 'mail.txt',
    content:
      '微信群"周末爬山"的聊天记录如下:\n\n—————  2024-05-31  —————\n\n\n小美  09:30\n\n几点\n\n出发？\n\n阿 强  09:31\n\n[图片: 8b0a.png.jpg(请在附件中查看)]\n\n—————  2024-06-01  —————\n\n小美11:00-20:00  08:05\n到了 9:30  见\n',
    local: true,
    lines: {
      周末爬山: [
        '2024-05-31 09:30:00 小美: 几点\n\n出发？',
        '2024-05-31 09:31:00 阿 强: [image 8b0a.png.jpg]',
        '2024-06-01 08:05:00 小美11:00-20:00: 到了 9:30  见'
      ]
    }
  },
  {
    of: 'QQ, a part without its heading',
    format: 'qq',
    file: '李雷.txt',
    content: '2009-05-31 21:30:05 李雷(12345)\n好久不见\n\n2009-05-31 21:31:05 韩梅梅<a@qq.com>\n是啊 2009-05-31 21:00:00 说过\n',
    local: true,
    lines: { 李雷: ['2009-05-31 21:30:05 李雷: 好久不见', '2009-05-31 21:31:05 韩梅梅: 是啊 2009-05-31 21:00:00 说过'] }
  },
  {
    of: 'chatlog, text',
    format: 'wechat',
    file: 'chatlog.txt',
    content:
      '张三(wxid_1) [家人(1@chatroom)] 2024-05-31 09:30:00\n你好\n\n李四(li-si) [家人(1@chatroom)] 2024-05-31 09:31:00\n![图片](http://127.0.0.1:5030/image/ab)\n\n小美(我) [工作(2@chatroom)] 2024-05-31 09:32:00\n> 张三(wxid_1) 05-31 09:30:00\n> 你好\n好的\n\n系统消息 [家人(1@chatroom)] 2024-05-31 09:33:00\n张三撤回了一条消息\n\n张三(wxid_1) [家人(1@chatroom)] 2024-05-31 09:34:00\n[文件|报价.pdf](http://127.0.0.1:5030/file/cd)\n\nwxid_9 [家人(1@chatroom)] 2024-05-31 09:35:00\n[链接|春节安排](https://example.org/a)\n\n',
    local: true,
    lines: {
      家人: [
        '2024-05-31 09:30:00 <张三: 你好',
        '2024-05-31 09:31:00 李四: [image 图片]',
        '2024-05-31 09:34:00 <张三: [file 报价.pdf]',
        '2024-05-31 09:35:00 <wxid_9: 春节安排 (https://example.org/a)'
      ],
      工作: ['2024-05-31 09:32:00 >小美: > 张三(wxid_1) 05-31 09:30:00\n> 你好\n好的']
    },
    notices: 1
  },
  {
    of: 'WeChat, copied out of its window',
    format: 'wechat',
    file: 'copied.txt',
    content: '小 美 2024/5/31 9:30 AM\n几点出发？\n等你到 2024/6/1 9:00\n\n阿强 2024/5/31 2:31 PM\n三点\n\n还有两个人\n\n小 美 2024/5/31 2:32 PM\n[动画表情]\n',
    local: true,
    lines: {
      copied: [
        '2024-05-31 09:30:00 小 美: 几点出发？\n等你到 2024/6/1 9:00',
        '2024-05-31 14:31:00 阿强: 三点\n\n还有两个人',
        '2024-05-31 14:32:00 小 美: [image 动画表情]'
      ]
    }
  },
  {
    of: 'WeChat or another, copied without blank lines',
    format: 'wechat',
    file: 'copied.txt',
    content: '张三 2024/5/3 15:04\n你好\n到 2024/6/1 9:00\n李四 2024/5/3 15:05\n好的\n第二行\n\n张三 2024/5/3 15:06\n[图片]\n',
    local: true,
    lines: {
      copied: ['2024-05-03 15:04:00 张三: 你好\n到 2024/6/1 9:00', '2024-05-03 15:05:00 李四: 好的\n第二行', '2024-05-03 15:06:00 张三: [image 图片]']
    }
  },
  {
    of: 'DingTalk, copied with names in brackets',
    format: 'copied',
    file: 'copied.txt',
    content: '【张三】2024-05-03 15:04:05\n你好\n【李四】2024-05-03 15:05:00\n[文件]报价.pdf\n',
    local: true,
    lines: { copied: ['2024-05-03 15:04:05 张三: 你好', '2024-05-03 15:05:00 李四: [file 报价.pdf]'] }
  },
  {
    of: 'Teams, copied with the time first',
    format: 'copied',
    file: 'copied.txt',
    content: '[5/31/2024 3:04 PM] Ann Lee\nhello\n\n[5/31/2024 3:05 PM] Bob\nok\n',
    local: true,
    lines: { copied: ['2024-05-31 15:04:00 Ann Lee: hello', '2024-05-31 15:05:00 Bob: ok'] }
  },
  {
    of: 'Telegram, copied out of its window',
    format: 'telegram',
    file: 'copied.txt',
    content: 'Ann Lee, [31.05.2024 09:30]\nhello\n\nagain\n\nBob, [31.05.2024 21:31]\n[ Photo ]\nAnn Lee, [01.06.2024 08:00]\nbye\n',
    local: true,
    lines: {
      copied: ['2024-05-31 09:30:00 Ann Lee: hello\n\nagain', '2024-05-31 21:31:00 Bob: [image Photo]', '2024-06-01 08:00:00 Ann Lee: bye']
    }
  },
  {
    of: 'LINE in Thai',
    format: 'line',
    file: 'line.txt',
    content: '[LINE] ประวัติการสนทนากับ Ann\nบันทึกวันที่: 2024/06/01 10:00\n\nศ. 31/5/2567\n09:30\tAnn\tสวัสดี\n09:31\tBob\tครับ\n',
    local: true,
    lines: { Ann: ['2024-05-31 09:30:00 Ann: สวัสดี', '2024-05-31 09:31:00 Bob: ครับ'] }
  },
  {
    of: 'KakaoTalk, phone in another language',
    format: 'kakaotalk',
    file: 'KakaoTalk_山田.txt',
    content:
      'KakaoTalk 山田さんとのトーク\n保存した日時 : 2024年5月31日 午後9:30\n\n2024年5月31日 午前9:30\n2024年5月31日 午前9:30, 山田 : こんにちは\nまた\n2024年5月31日 午後1:05, 田中 : どうも\n',
    local: true,
    lines: { 山田: ['2024-05-31 09:30:00 山田: こんにちは\nまた', '2024-05-31 13:05:00 田中: どうも'] },
    notices: 1,
    unread: { line: 1 }
  },
  {
    of: 'KakaoTalk, PC in another language',
    format: 'kakaotalk',
    file: '山田.txt',
    content:
      '--------------- 2024年5月31日 金曜日 ---------------\n[山田] [午前 9:30] こんにちは\n[田中] [午後 1:05] どうも\n--------------- 2024年6月1日 土曜日 ---------------\n[山田] [午前 0:05] おやすみ\n',
    local: true,
    lines: { 山田: ['2024-05-31 09:30:00 山田: こんにちは', '2024-05-31 13:05:00 田中: どうも', '2024-06-01 00:05:00 山田: おやすみ'] }
  },
  {
    of: 'KakaoTalk, days between lines of dashes',
    format: 'kakaotalk',
    file: 'talk.txt',
    content:
      '------------------------------\n2024년 5월 31일 금요일\n------------------------------\n오전 9:23, 홍길동 : 몇시?\n오후 9:25, 김영희 : 7시\n또\n------------------------------\n2024년 6월 1일 토요일\n------------------------------\n오전 8:00, 홍길동 : 안녕\n',
    local: true,
    lines: { talk: ['2024-05-31 09:23:00 홍길동: 몇시?', '2024-05-31 21:25:00 김영희: 7시\n또', '2024-06-01 08:00:00 홍길동: 안녕'] }
  },
  {
    of: 'irssi, over midnight, in another language',
    format: 'irc',
    file: 'walkers.log',
    content:
      '--- Log opened ven. mai 31 23:50:00 2024\n23:58 <@ann> soir\n00:01 < bob> minuit\n00:02  * bob dort\n09:00 < ann> matin\n--- Day changed dim. juin 02 2024\n08:00 < ann> dimanche\n',
    local: true,
    lines: {
      walkers: [
        '2024-05-31 23:58:00 ann: soir',
        '2024-06-01 00:01:00 bob: minuit',
        '2024-06-01 00:02:00 bob: * bob dort',
        '2024-06-01 09:00:00 ann: matin',
        '2024-06-02 08:00:00 ann: dimanche'
      ]
    }
  }
]
