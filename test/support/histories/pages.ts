/** Histories that are pages, web archives or XML. */
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
  }
]
