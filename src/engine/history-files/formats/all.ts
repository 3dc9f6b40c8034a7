/** Formats of other messengers, in the order of detection: the most certain first. */
import type { ImportFormat } from '../../../contract/history-files.ts'
import { adium, pidginPage, pidginText } from './pidgin.ts'
import { chatLab, chatLabLines } from './chatlab.ts'
import { chatlogText } from './chatlog-text.ts'
import { copiedClocks } from './copied-clocks.ts'
import { copiedNames } from './copied-names.ts'
import { otherCopied, plainLog, telegramCopied, wechatCopied, wechatMail } from './copied.ts'
import { dingTalk } from './dingtalk.ts'
import { discord, discordText } from './discord.ts'
import { discordPage } from './discord-page.ts'
import type { Format, Probe } from './format.ts'
import { googleChat, hangouts } from './google-chat.ts'
import { imessagePage, imessageText } from './imessage.ts'
import { irc } from './irc.ts'
import { kakaoTalk } from './kakaotalk.ts'
import { line } from './line.ts'
import { matrix } from './matrix.ts'
import { messenger } from './messenger.ts'
import { messengerOldPage, messengerPage } from './messenger-page.ts'
import { psi } from './psi.ts'
import { qqExporter } from './qq-exporter.ts'
import { qqPage } from './qq-page.ts'
import { memoTraceText, qqText, wechatExporterText } from './qq-text.ts'
import { signalDesktop } from './signal-desktop.ts'
import { signalMarkdown } from './signal-markdown.ts'
import { sigtopText } from './signal-text.ts'
import { signalCli, signalExport, sigtopJson } from './signal-tools.ts'
import { skype } from './skype.ts'
import { slackDay } from './slack.ts'
import { smsBackup } from './sms-backup.ts'
import { mattermost, zulip } from './team-chats.ts'
import { telegramPage } from './telegram-page.ts'
import { viber } from './viber.ts'
import { wechatCsv } from './wechat-csv.ts'
import { chatlogJson, pyWxDumpJson, weFlowJson } from './wechat-json.ts'
import { memoTracePage, wechatExporterPage } from './wechat-pages.ts'
import { feishu, wecom } from './work-chats.ts'

const OF_JSON = [
  ...feishu,
  ...wecom,
  ...dingTalk,
  chatLab,
  chatLabLines,
  qqExporter,
  weFlowJson,
  chatlogJson,
  pyWxDumpJson,
  discord,
  messenger,
  skype,
  googleChat,
  hangouts,
  matrix,
  signalDesktop,
  sigtopJson,
  signalExport,
  signalCli,
  mattermost,
  zulip,
  slackDay
]
const OF_TEXT = [
  telegramPage,
  messengerPage,
  messengerOldPage,
  discordPage,
  qqPage,
  memoTracePage,
  wechatExporterPage,
  imessagePage,
  pidginPage,
  adium,
  smsBackup,
  wechatCsv,
  viber,
  qqText,
  line,
  kakaoTalk,
  psi,
  pidginText,
  imessageText,
  signalMarkdown,
  sigtopText,
  wechatExporterText,
  memoTraceText,
  chatlogText,
  wechatMail,
  telegramCopied,
  wechatCopied,
  discordText,
  irc,
  otherCopied,
  plainLog,
  copiedClocks,
  copiedNames
]
const FORMATS: readonly Format[] = [...OF_JSON, ...OF_TEXT]

/** Format of a file, by its content; null: none of these. `wanted`: only a format of this name. */
export const matching = (probe: Probe, wanted: ImportFormat | null = null): Format | null =>
  (probe.shape === null ? OF_TEXT : OF_JSON).find((format) => (wanted === null || format.name === wanted) && format.matches(probe)) ?? null

/** Format of a file; if `wanted` is given and none matches, the first format of that name. */
export const formatOf = (probe: Probe, wanted: ImportFormat | null = null): Format | null =>
  matching(probe, wanted) ?? (wanted === null ? null : (FORMATS.find(({ name }) => name === wanted) ?? null))
