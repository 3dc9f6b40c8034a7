/** Conversation list: pinned ones first, then by newest message. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { Conversation, ConversationId } from '../../contract/domain.ts'
import type { Input } from '../../contract/ipc.ts'
import { call, onEvent } from '../bridge.ts'
import { i18n } from '../i18n/index.ts'
import { useAppStore } from './app.ts'

/** Whether this is the conversation with oneself, "Notes to self". */
export const isNotes = ({ jid, account }: Pick<Conversation, 'jid' | 'account'>): boolean => jid === account
const named = (conversation: Conversation): Conversation => (isNotes(conversation) ? { ...conversation, name: i18n.global.t('start.notes') } : conversation)

/** Sort key in units of message ids, ms times 1024. A conversation without messages counts from when it was last opened. */
const rank = ({ last, usedAt }: Conversation): number => last?.id ?? usedAt * 1024

export const useConversationsStore = defineStore('conversations', () => {
  const byId = ref(new Map<ConversationId, Conversation>())
  const loaded = ref(false)
  const list = computed(() => [...byId.value.values()].sort((a, b) => (b.pinned ?? 0) - (a.pinned ?? 0) || rank(b) - rank(a) || a.id - b.id))

  const app = useAppStore()
  // on a change of accounts, of the demo's store, or of the language
  watch(
    () => JSON.stringify([app.language, app.now.accounts.map(({ jid }) => jid), app.now.demo]),
    () => void load()
  )

  onEvent((event) => {
    if (event.type !== 'conversations') return
    for (const conversation of event.changed) byId.value.set(conversation.id, named(conversation))
    for (const id of event.removed) byId.value.delete(id)
  })

  async function load(): Promise<void> {
    byId.value = new Map((await call('conversations.list')).map((conversation) => [conversation.id, named(conversation)]))
    loaded.value = true
  }

  async function start(input: Input<'conversations.start'>): Promise<Conversation> {
    const conversation = await call('conversations.start', input)
    const known = named(conversation)
    byId.value.set(known.id, known)
    return known
  }

  return { byId, list, loaded, load, start }
})
