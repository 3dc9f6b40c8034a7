/** The conversation list: what is pinned, then the newest first. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { Conversation, ConversationId } from '../../contract/domain.ts'
import type { Input } from '../../contract/ipc.ts'
import { call, onEvent } from '../bridge.ts'
import { useAppStore } from './app.ts'

/** As ids of messages are: ms times 1024. What has no message yet stands where it was opened last. */
const rank = ({ last, usedAt }: Conversation): number => last?.id ?? usedAt * 1024

export const useConversationsStore = defineStore('conversations', () => {
  const byId = ref(new Map<ConversationId, Conversation>())
  const loaded = ref(false)
  const list = computed(() => [...byId.value.values()].sort((a, b) => (b.pinned ?? 0) - (a.pinned ?? 0) || rank(b) - rank(a) || a.id - b.id))

  const app = useAppStore()
  // other accounts, or the demo's store
  watch(() => JSON.stringify([app.now.accounts.map(({ jid }) => jid), app.now.demo]), () => void load())

  onEvent((event) => {
    if (event.type !== 'conversations') return
    for (const conversation of event.changed) byId.value.set(conversation.id, conversation)
    for (const id of event.removed) byId.value.delete(id)
  })

  async function load(): Promise<void> {
    byId.value = new Map((await call('conversations.list')).map((conversation) => [conversation.id, conversation]))
    loaded.value = true
  }

  async function start(input: Input<'conversations.start'>): Promise<Conversation> {
    const conversation = await call('conversations.start', input)
    byId.value.set(conversation.id, conversation)
    return conversation
  }

  return { byId, list, loaded, load, start }
})
