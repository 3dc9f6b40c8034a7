/** A message as one sentence for screen readers: sender, text or files, time, state. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { attachmentNoun } from '../../contract/attachment-noun.ts'
import type { Message } from '../../contract/domain.ts'
import { useTime } from './use-time.ts'

/** Longest text that is read, in UTF-16 units. */
const LONGEST = 400

export function useSpoken(of: () => Message, seen: () => boolean): ComputedRef<string> {
  const { t } = useI18n()
  const time = useTime()
  return computed(() => {
    const message = of()
    const { outgoing, senderName, text, attachments, retracted, unreadable, reply, reactions, starred, pinned, edited, remindAt, state } = message
    const name = outgoing ? t('search.me') : senderName
    const said = retracted
      ? t(outgoing ? 'thread.recalledOwn' : 'thread.recalled')
      : text === '' && attachments.length === 0
        ? unreadable === null
          ? t('thread.unsupported')
          : t(`thread.unreadable.${unreadable}`)
        : text.slice(0, LONGEST)
    const facts = [
      ...(reply === null || reply.id === null ? [] : [t('thread.spokenReply', { name: reply.outgoing ? t('search.me') : reply.senderName })]),
      ...attachments.map((file) => `${t(`files.kind.${attachmentNoun(file)}`)} ${file.name}`),
      time.value.clock(message.time),
      ...(edited ? [t('thread.edited')] : []),
      ...(starred ? [t('thread.starred')] : []),
      ...(remindAt === null ? [] : [t('thread.reminded')]),
      ...(pinned ? [t('thread.pinned')] : []),
      ...reactions.map(({ emoji, count }) => `${emoji} ${count}`),
      ...(outgoing && !retracted ? [t(`state.${seen() && (state === 'sent' || state === 'delivered') ? 'seen' : state}`)] : [])
    ]
    return `${t('thread.says', { name, text: said })} ${facts.filter((fact) => fact !== '').join(t('notice.comma'))}`
  })
}
