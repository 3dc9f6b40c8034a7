/**
 * Messages of the open conversation that concern the user and were not on screen yet: mentions, and own messages with new
 * reactions. Oldest first.
 */
import { defineStore } from 'pinia'
import { ref, watch, type Ref } from 'vue'
import type { ConversationId, MessageId } from '../../contract/domain.ts'
import { call, onEvent } from '../bridge.ts'
import { useThreadStore } from './thread.ts'

export const useUnseenStore = defineStore('unseen', () => {
  const thread = useThreadStore()
  const mentions = ref<MessageId[]>([])
  const reactions = ref<MessageId[]>([])
  /** Newest message known when the conversation was opened, or since. */
  let newest = 0

  const add = (list: Ref<MessageId[]>, more: readonly MessageId[]): void => {
    if (more.length > 0) list.value = [...new Set([...list.value, ...more])].sort((a, b) => a - b)
  }
  async function ask(conversation: ConversationId): Promise<void> {
    const found = await call('conversations.unseen', { conversation })
    if (conversation !== thread.conversation) return
    add(mentions, found.mentions)
    add(reactions, found.reactions)
  }

  watch(
    () => thread.conversation,
    (conversation) => {
      mentions.value = []
      reactions.value = []
      newest = 0
      // before the page is read, which marks it as read
      if (conversation !== null) void ask(conversation)
    },
    { immediate: true, flush: 'sync' }
  )
  onEvent((event) => {
    const conversation = thread.conversation
    if (conversation === null) return
    if (event.type === 'conversations' && event.changed.some(({ id, reactions: count }) => id === conversation && count > 0)) void ask(conversation)
    if (event.type !== 'messages' || event.conversation !== conversation) return
    const gone = new Set(event.removed)
    if (gone.size > 0) for (const list of [mentions, reactions]) list.value = list.value.filter((id) => !gone.has(id))
    newest ||= thread.messages.at(-1)?.id ?? 0
    add(
      mentions,
      event.changed.flatMap(({ id, mention, outgoing }) => (mention && !outgoing && id > newest ? [id] : []))
    )
    for (const { id } of event.changed) newest = Math.max(newest, id)
  })

  /** Marks messages from `first` to `last` as on screen. */
  function see(first: MessageId, last: MessageId): void {
    for (const list of [mentions, reactions])
      if (list.value.some((id) => id >= first && id <= last)) list.value = list.value.filter((id) => id < first || id > last)
  }

  return { mentions, reactions, see }
})
