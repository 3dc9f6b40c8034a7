/** Histories as HTML pages, web archives or XML. */
import type { HistoryFixture } from './history.ts'

const page = (side: string, name: string, time: string, content: string, id: string): string => `
		<div class="msg chat-${side} " msgid="${id}" msgtype="1">
			<div class="avatar-box"><img src="Portrait/a.jpg" class="avatar"></div>
			<div class="nt-box"><span class="name-${side}">${name}</span> ${time}</div>
			<div class="content-box msg"><div class="triangle"></div><span class="dont-break-out">${content}</span></div>
		</div>`

const qqRow = (name: string, clock: string, body: string): string =>
  `<tr><td><div style=color:#42B475;padding-left:10px;><div style=float:left;margin-right:6px;>${name}</div>${clock}</div><div style=padding-left:20px;>${body}</div></td></tr>`

const imessage = (who: string, sender: string, time: string, body: string, id: string): string =>
  `<div class="message">\n<div class="${who}">\n<p><span class="timestamp"><a title="Reveal in Messages app" href="sms://open?message-guid=${id}">${time}</a> </span>\n<span class="sender">${sender}</span></p>\n<hr><div class="message_part">\n${body}\n</div>\n</div>\n</div>\n`

/** A message as Meta's pages have it: under its sender a text, then what came with it and what people added, then its time. */
const metaEntry = (
  entry: string,
  heading: string,
  from: string,
  content: string,
  sender: string,
  text: string,
  more: string,
  time: string,
  tag = 'div'
): string =>
  `<${tag} class="${entry}"><${heading} class="${from}">${sender}</${heading}><div class="${content}"><div><div></div><div>${text}</div><div></div><div>${more}</div></div></div>${time}</${tag}>`
const oldFacebook = (name: string, time: string, text: string): string =>
  `<div class="message"><div class="message_header"><span class="user">${name}</span><span class="meta">${time}</span></div></div><p>${text}</p>`

export const PAGE_HISTORIES: HistoryFixture[] = [
  {
    of: 'WechatExporter, page',
    format: 'wechat',
    file: '小美.html',
    content: `<html><head><title>小美 - 微信聊天记录</title></head><body>${page('left', '小美', '2024-05-31 09:30:00', '吃了吗 &lt;3<br/>等你', '11')}${page('right', '阿强', '2024-05-31 09:31:00', '还没', '12')}
		<div class="msg chat-notice " msgid="13"><div class="content-box"><span class="dont-break-out msg-text">你撤回了一条消息</span></div></div>
		<div class="msg media left " msgid="14" msgtype="3"><div class="avatar-box"><img src="a.jpg" class="avatar" /></div><div class="nt-box"><span class="dspname left">小美</span> 2024-05-31 09:32:00</div><div class="content-box"><img rawUrl="小美_files/14.jpg" src="小美_files/14_thumb.jpg" class="image img-left_triangle" /></div></div></body></html>`,
    local: true,
    lines: { 小美: ['2024-05-31 09:30:00 <小美: 吃了吗 <3\n等你', '2024-05-31 09:31:00 >阿强: 还没', '2024-05-31 09:32:00 <小美: [image 14.jpg]'] },
    notices: 1
  },
  {
    of: 'MemoTrace, page',
    format: 'wechat',
    file: '美美.html',
    content: `<!DOCTYPE html><html><head><title>美美</title></head><body><script>const chatMessages = [{ type:0, text: '2024-05-31 17:30:00',is_send:0,avatar_path:'',timestamp:1717147800},{ type:1, text: '它\\'s 好&lt;br&gt;',is_send:0,avatar_path:'./a.png',timestamp:1717147800,is_chatroom:0,displayname:'美美'},{ type:3, text: './image/x.jpg',is_send:1,avatar_path:'',timestamp:1717147860,is_chatroom:0,displayname:'阿强'},{ type:49, text: '几点？',is_send:1,sub_type:57,refer_text: '美美：明天',avatar_path:'',timestamp:1717147870,is_chatroom:0,displayname:'阿强'},];</script></body></html>`,
    lines: {
      美美: [
        "2024-05-31T09:30:00.000Z <美美: 它's 好<br>",
        '2024-05-31T09:31:00.000Z >阿强: [image x.jpg]',
        '2024-05-31T09:31:10.000Z >阿强: > 美美：明天\n几点？'
      ]
    },
    notices: 1
  },
  {
    of: 'QQ, web archive',
    format: 'qq',
    file: '同学.mht',
    content: `From: <Save by Tencent MsgMgr>\r\nSubject: Tencent IM Message\r\nMIME-Version: 1.0\r\nContent-Type:multipart/related;\r\n\tcharset="utf-8"\r\n\ttype="text/html";\r\n\tboundary="----=_NextPart_1"\r\n\r\n------=_NextPart_1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding:7bit\r\n\r\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>QQ Message</title></head><body><table width=100% cellspacing=0><tr><td><div style=padding-left:10px;><br><b>消息记录</b></div></td></tr><tr><td><div style=padding-left:10px;>消息分组:我的群聊</div></td></tr><tr><td><div style=padding-left:10px;>消息对象:同学</div></td></tr><tr><td><div style=padding-left:10px;>&nbsp;</div></td></tr><tr><td style=border-bottom-width:1px;>日期: 2013-05-31</td></tr>${qqRow('张三(12345)', '9:30:00', '<font style="font-size:9pt">在&nbsp;吗</font>')}${qqRow('李四', '21:31:00', '<IMG src="{ABC-1}.dat">')}<tr><td>日期: 2013-06-01</td></tr>${qqRow('系统消息(10000)', '0:05:00', '<font>王五加入</font>')}</table></body></html>\r\n\r\n------=_NextPart_1\r\nContent-Type:image/jpeg\r\nContent-Transfer-Encoding:base64\r\nContent-Location:{ABC-1}.dat\r\n\r\n/9j/4AAQ\r\n------=_NextPart_1--\r\n`,
    local: true,
    lines: { 同学: ['2013-05-31 09:30:00 张三: 在 吗', '2013-05-31 21:31:00 李四: [image ABC-1.jpg]'] },
    notices: 1
  },
  {
    of: 'imessage-exporter, page',
    format: 'imessage',
    file: 'Ann.html',
    content: `<html>\n<head><meta charset="UTF-8"></head>\n<body>\n${imessage('received', 'Ann', 'May 31, 2024  9:30:00 AM', '<span class="bubble">Shall we &amp; go?</span>', 'G1')}${imessage('sent iMessage', 'Me', 'May 31, 2024  9:31:00 PM', '<div class="attachment"><img src="attachments/1/cat.jpeg" loading="lazy"></div>', 'G2')}<div class="announcement"><p><span class="timestamp">May 31, 2024  9:32:00 PM</span> You named the conversation Cats</p></div>\n</body>\n</html>`,
    local: true,
    lines: { Ann: ['2024-05-31 09:30:00 <Ann: Shall we & go?', '2024-05-31 21:31:00 >Me: [image cat.jpeg]'] },
    notices: 1
  },
  {
    of: 'Pidgin, page',
    format: 'pidgin',
    file: '2024-05-31.093000+0200CEST.html',
    content: `<html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8"><title>Conversation with ann@example.org at Fri 31 May 2024 09:30:00 AM CEST on me@example.org/home (jabber)</title></head><body><h3>Conversation with ann@example.org at Fri 31 May 2024 09:30:00 AM CEST on me@example.org/home (jabber)</h3>\n<font color="#A82F2F"><font size="2">(09:30:15 AM)</font> <b>Ann:</b></font> see <a href="https://example.org">this</a><br/>\n<font color="#16569E"><font size="2">(09:31:00 AM)</font> <b>me:</b></font> seen<br/>\n</body></html>`,
    lines: { 'ann@example.org': ['2024-05-31T07:30:15.000Z <Ann: see this (https://example.org)', '2024-05-31T07:31:00.000Z >me: seen'] }
  },
  {
    of: 'Adium',
    format: 'adium',
    file: 'ann@example.org (2024-05-31T09.30.00+0200).xml',
    content: `<?xml version="1.0" encoding="UTF-8" ?>\n<chat xmlns="http://purl.org/net/ulf/ns/0.4-02" account="me@example.org" service="Jabber"><event type="windowOpened" sender="me@example.org" time="2024-05-31T09:30:00+02:00"></event>\n<message sender="ann@example.org" time="2024-05-31T09:30:15+02:00" alias="Ann"><div><span style="font: 12pt">hello &amp; bye</span></div></message>\n<message sender="me@example.org" time="2024-05-31T09:31:00+02:00" alias="Me"><div>ok<br/>fine</div></message>\n</chat>`,
    lines: { 'ann@example.org': ['2024-05-31T07:30:15.000Z <Ann: hello & bye', '2024-05-31T07:31:00.000Z >Me: ok\nfine'] },
    notices: 1
  },
  {
    of: 'Instagram, page',
    format: 'messenger',
    file: 'message_1.html',
    content: `<html><head><style>._a6-g{padding:8px}</style><title>Ann &amp; co</title></head><body><div role="main"><div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_a6-h">Participants: ann and me</h2></div>${metaEntry('pam _3-95 _2ph- _a6-g uiBoxWhite noborder', 'h2', '_3-95 _2pim _a6-h _a6-i', '_3-95 _a6-p', 'ann', 'here&#039;s &lt;b&gt;<br />second<br /><br />third', '<ul class="_a6-q"><li><span>❤️me<span> (May 31, 2024 9:40 am)</span></span></li></ul>', '<div class="_3-94 _a6-o">May 31, 2024 9:31 am</div>')}${metaEntry('pam _3-95 _2ph- _a6-g uiBoxWhite noborder', 'h2', '_3-95 _2pim _a6-h _a6-i', '_3-95 _a6-p', 'me', '', '<div><a target="_blank" href="your_instagram_activity/messages/inbox/ann_1/photos/12.jpg"><img src="your_instagram_activity/messages/inbox/ann_1/photos/12.jpg" class="_a6_o _3-96" /></a></div>', '<div class="_3-94 _a6-o">May 31, 2024 9:30 am</div>')}${metaEntry('pam _3-95 _2ph- _a6-g uiBoxWhite noborder', 'h2', '_3-95 _2pim _a6-h _a6-i', '_3-95 _a6-p', 'ann', '', '<div><video src="x/audio/444.mp4" controls="1"><a target="_blank" href="x/audio/444.mp4"><div>Click for audio:</div></a></video></div>', '<div class="_3-94 _a6-o">May 30, 2024 11:05 pm</div>')}</div></body></html>`,
    local: true,
    lines: {
      'Ann & co': [
        "2024-05-31 09:31:00 ann: here's <b>\nsecond\n\nthird (❤️ by me)",
        '2024-05-31 09:30:00 me: [image 12.jpg]',
        '2024-05-30 23:05:00 ann: [voice 444.mp4]'
      ]
    }
  },
  {
    of: 'Messenger, page',
    format: 'messenger',
    file: 'message_2.html',
    content: `<html><head><title>Anne</title></head><body><div role="main"><section class="_a6-g"><h2 class="_2ph_ _a6-h">Participants : Anne et Moi</h2></section>${metaEntry('_a6-g', 'h2', '_2ph_ _a6-h _a6-i', '_2ph_ _a6-p', 'Anne', 'salut <a href="https://example.org/x">https://example.org/x</a>', '<ul class="_a6-q"><li>👍Moi</li></ul>', '<footer class="_3-94 _a6-o"><div class="_a72d">31/05/2024, 09:30</div></footer>', 'section')}${metaEntry('_a6-g', 'h2', '_2ph_ _a6-h _a6-i', '_2ph_ _a6-p', 'Moi', 'oui', '', '<footer class="_3-94 _a6-o"><div class="_a72d">02/05/2024, 09:30</div></footer>', 'section')}</div></body></html>`,
    local: true,
    lines: { Anne: ['2024-05-31 09:30:00 Anne: salut https://example.org/x (👍 by Moi)', '2024-05-02 09:30:00 Moi: oui'] }
  },
  {
    of: 'Messenger, page of 2018 to 2021',
    format: 'messenger',
    file: 'message_3.html',
    content: `<html><head><title>Ann Lee</title></head><body><div class="_4t5n" role="main"><div class="pam _3-95 _2pi0 _2lej uiBoxWhite noborder"><div class="_3-96 _2pio _2lek">Participants: Ann Lee and Me</div></div>${metaEntry('pam _3-95 _2pi0 _2lej uiBoxWhite noborder', 'div', '_3-96 _2pio _2lek _2lel', '_3-96 _2let', 'Ann Lee', 'hello there', '<ul class="_tqp"><li>😆Me</li></ul>', '<div class="_3-94 _2lem">May 31, 2018 9:30am</div>')}${metaEntry('pam _3-95 _2pi0 _2lej uiBoxWhite noborder', 'div', '_3-96 _2pio _2lek _2lel', '_3-96 _2let', 'Me', '', '<div><a href="messages/inbox/annlee_x/files/plan.pdf">plan.pdf</a></div>', '<div class="_3-94 _2lem">31 May 2018, 09:29</div>')}</div></body></html>`,
    local: true,
    lines: { 'Ann Lee': ['2018-05-31 09:30:00 Ann Lee: hello there (😆 by Me)', '2018-05-31 09:29:00 Me: [file plan.pdf]'] }
  },
  {
    of: 'Messenger, page of all threads until 2018',
    format: 'messenger',
    file: 'messages.htm',
    content: `<html><head><title>Me - Messages</title></head><body><div class="contents"><h1>Me</h1><div><div class="thread">Me, Ann Lee${oldFacebook('Ann Lee', 'Wednesday, November 12, 2008 at 8:53pm UTC+01', 'shall we?')}${oldFacebook('Me', '12 November 2008 at 20:50 UTC+01', 'hi')}</div><div class="thread">Me, Bob${oldFacebook('Bob', 'Thursday, November 13, 2008 at 8:53am UTC+01', '')}${oldFacebook('Me', 'Thursday, November 13, 2008 at 8:52am UTC+01', 'Bob?')}</div></div></div></body></html>`,
    lines: {
      'Me, Ann Lee': ['2008-11-12T19:53:00.000Z Ann Lee: shall we?', '2008-11-12T19:50:00.000Z Me: hi'],
      'Me, Bob': ['2008-11-13T07:52:00.000Z Me: Bob?']
    },
    unread: { text: 1 }
  },
  {
    of: 'SMS Backup & Restore',
    format: 'sms',
    file: 'sms-20240531093000.xml',
    content: `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<!--File Created By SMS Backup & Restore v10 on Ann's phone-->
<?xml-stylesheet type="text/xsl" href="sms.xsl"?>
<smses count="5" backup_date="1717150000000" type="full">
  <sms protocol="0" address="+1 (555) 0100" date="1717147800000" type="1" subject="null" body="hi &#55357;&#56832; &amp; &#10;bye" toa="null" read="1" status="-1" readable_date="May 31, 2024 9:30:00 AM" contact_name="Ann Lee" />
  <sms protocol="0" address="+15550100" date="1717147860000" type="2" subject="null" body='she said "hi" data="x" > ok' read="1" contact_name="Ann Lee" />
  <sms address="BANK" date="1717147870000" type="1" body="code 123" contact_name="(Unknown)" />
  <sms address="+15550100" date="1717147880000" type="3" body="a draft" contact_name="Ann Lee" />
  <mms date="1717147890000" sub="null" msg_box="1" address="+15550100~+15550101" contact_name="Ann Lee, Bob"><parts><part seq="-1" ct="application/smil" text='&lt;smil a="b"&gt;' /><part seq="0" ct="image/jpeg" name="pic.jpg" text="null" data="aGVsbG8=" /><part seq="1" ct="text/plain" text="Look" /></parts><addrs><addr address="+15550101" type="137" /><addr address="insert-address-token" type="151" /></addrs></mms>
</smses>`,
    lines: {
      'Ann Lee': ['2024-05-31T09:30:00.000Z <Ann Lee: hi 😀 & \nbye', '2024-05-31T09:31:00.000Z >Me: she said "hi" data="x" > ok'],
      BANK: ['2024-05-31T09:31:10.000Z <BANK: code 123'],
      'Ann Lee, Bob': ['2024-05-31T09:31:30.000Z <Bob: Look [image pic.jpg]']
    },
    unread: { draft: 1 },
    self: 'Me'
  },
  {
    of: 'DiscordChatExporter, page',
    format: 'discord',
    file: 'Server - tea [1].html',
    content: `<!DOCTYPE html>\n<html lang="en"><head><title>Server - tea</title><style>.chatlog__message-group { margin: 1em }</style></head><body>
<div class="preamble"><div class="preamble__entries-container"><div class="preamble__entry">Server</div><div class="preamble__entry">Text / tea</div><div class="preamble__entry preamble__entry--small">leaves</div></div></div>
<div class="chatlog">
<div class="chatlog__message-group"><div id="chatlog__message-container-100" class="chatlog__message-container" data-message-id="100"><div class="chatlog__message"><div class="chatlog__message-aside"><img class="chatlog__avatar" src="a.png" alt="Avatar"></div><div class="chatlog__message-primary"><div class="chatlog__header"><span class="chatlog__author" style="" title="ann#1" data-user-id="7">Ann &amp; Co</span><span class="chatlog__author-tag">BOT</span><span class="chatlog__timestamp"><a href="#chatlog__message-container-100">05/31/2024 9:30 AM</a></span></div><div class="chatlog__content chatlog__markdown"><span class="chatlog__markdown-preserve"><!--wmm:ignore-->hello <strong>you</strong> <img class="chatlog__emoji" alt="👍" title="thumbsup" src="e.svg"><!--/wmm:ignore--></span></div></div></div></div>
<div id="chatlog__message-container-101" class="chatlog__message-container chatlog__message-container--pinned" data-message-id="101"><div class="chatlog__message"><div class="chatlog__message-aside"><div class="chatlog__short-timestamp" title="05/31/2024 9:31 AM">9:31 AM</div></div><div class="chatlog__message-primary"><div class="chatlog__content chatlog__markdown"><span class="chatlog__markdown-preserve">again</span><span class="chatlog__edited-timestamp" title="05/31/2024 9:33 AM">(edited)</span></div><div class="chatlog__attachment"><a href="https://cdn.example.org/1/x.png?ex=1"><img class="chatlog__attachment-media" src="https://cdn.example.org/1/x.png?ex=1" alt="Image attachment" title="Image: x.png (1 KB)"></a></div><div class="chatlog__reactions"><div class="chatlog__reaction" title="tada"><img class="chatlog__emoji chatlog__emoji--small" alt="🎉" src="t.svg"><span class="chatlog__reaction-count">2</span></div></div></div></div></div></div>
<div class="chatlog__message-group"><div id="chatlog__message-container-102" class="chatlog__message-container" data-message-id="102"><div class="chatlog__message"><div class="chatlog__message-aside"><div class="chatlog__reply-symbol"></div></div><div class="chatlog__message-primary"><div class="chatlog__reply"><img class="chatlog__reply-avatar" src="a.png"><div class="chatlog__reply-author" title="ann#1">Ann &amp; Co</div><div class="chatlog__reply-content"><span class="chatlog__reply-link" onclick="scrollToMessage(event, '100')">hello you</span><span class="chatlog__reply-edited-timestamp" title="x">(edited)</span></div></div><div class="chatlog__header"><span class="chatlog__author" title="bo" data-user-id="8">Bo</span><span class="chatlog__timestamp"><a href="#chatlog__message-container-102">05/31/2024 9:32 PM</a></span></div><div class="chatlog__content chatlog__markdown"><span class="chatlog__markdown-preserve">yes</span></div></div></div></div></div>
<div class="chatlog__message-group"><div id="chatlog__message-container-103" class="chatlog__message-container" data-message-id="103"><div class="chatlog__message"><div class="chatlog__message-aside"><svg class="chatlog__system-notification-icon"></svg></div><div class="chatlog__message-primary"><span class="chatlog__system-notification-author" title="bo" data-user-id="8">Bo</span><span> </span><span class="chatlog__system-notification-content"><span>joined the server.</span></span><span class="chatlog__system-notification-timestamp"><a href="#chatlog__message-container-103">05/31/2024 9:33 PM</a></span></div></div></div></div>
</div><div class="postamble"><div class="postamble__entry">Exported 4 message(s)</div></div></body></html>`,
    local: true,
    lines: {
      'Server #tea': [
        '2024-05-31 09:30:00 Ann & Co: hello you 👍',
        '2024-05-31 09:31:00 Ann & Co: again [image x.png] (edited) (pinned) (🎉 by ×2)',
        '2024-05-31 21:32:00 Bo: yes (re 100)'
      ]
    },
    notices: 1
  },
  {
    of: 'DiscordChatExporter, page until 2021',
    format: 'discord',
    file: 'tea.html',
    content: `<!DOCTYPE html>\n<html lang="en"><head><title>Server - tea</title></head><body><div class="preamble"><div class="preamble__entries-container"><div class="preamble__entry">Direct Messages</div><div class="preamble__entry">Private / bo</div></div></div>
<div class="chatlog"><div class="chatlog__message-group"><div class="chatlog__author-avatar-container"><img class="chatlog__author-avatar" src="a.png"></div><div class="chatlog__messages"><span class="chatlog__author-name" title="ann#1" data-user-id="7">Ann</span><span class="chatlog__timestamp">31-May-19 09:30 PM</span>
<div class="chatlog__message " data-message-id="100" id="message-100"><div class="chatlog__content"><div class="markdown"><span class="preserve-whitespace">hello</span></div></div></div>
<div class="chatlog__message chatlog__message--pinned" data-message-id="101" id="message-101"><div class="chatlog__content"><div class="markdown"><span class="preserve-whitespace">again</span></div></div></div></div></div></div></body></html>`,
    local: true,
    lines: { bo: ['2019-05-31 21:30:00 Ann: hello', '2019-05-31 21:30:00 Ann: again (pinned)'] }
  }
]
