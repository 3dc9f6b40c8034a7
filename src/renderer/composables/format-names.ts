/** Names of the programs and formats that histories can be imported from. */
import type { ImportFormat } from '../../contract/history-files.ts'

/** Names as their makers write them. */
export const FORMAT_NAMES: Record<ImportFormat, string> = {
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
  slack: 'Slack',
  csv: 'CSV',
  tsv: 'TSV',
  json: 'JSON',
  jsonl: 'JSON Lines',
  wechat: '微信 / WeChat',
  qq: 'QQ',
  chatlab: 'ChatLab',
  line: 'LINE',
  kakaotalk: 'KakaoTalk',
  discord: 'Discord',
  messenger: 'Messenger / Instagram',
  signal: 'Signal',
  'google-chat': 'Google Chat',
  matrix: 'Matrix',
  irc: 'IRC',
  conversations: 'Conversations',
  monal: 'Monal',
  gajim: 'Gajim',
  dino: 'Dino',
  psi: 'Psi',
  pidgin: 'Pidgin',
  adium: 'Adium',
  imessage: 'iMessage',
  viber: 'Viber',
  skype: 'Skype / Teams',
  mattermost: 'Mattermost',
  zulip: 'Zulip',
  sms: 'SMS Backup & Restore',
  feishu: '飞书 / Feishu (Lark)',
  wecom: '企业微信 / WeCom'
}
