/** Look-alike names in the open group. Refreshed when a new person writes. */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { ConversationId } from '../../contract/domain.ts'
import { lookUp } from '../../contract/look-up.ts'
import { call } from '../bridge.ts'
import { useConversationsStore } from './conversations.ts'
import { useThreadStore } from './thread.ts'

/** Delay before a refresh, ms: several new writers cause one request. */
const SOON_MS = 300

export const useLookAlikesStore = defineStore('look-alikes', () => {
  const thread = useThreadStore()
  const conversations = useConversationsStore()
  const names = shallowRef<Readonly<Record<string, readonly string[]>>>({})
  let of: ConversationId | null = null
  let known = new Set<string>()
  let timer: number | undefined

  async function ask(conversation: ConversationId): Promise<void> {
    const found = await call('groups.lookAlikes', { conversation })
    if (conversation === of) names.value = found
  }

  watch(
    () => [thread.conversation, thread.messages] as const,
    ([conversation, messages]) => {
      if (conversation !== of) {
        of = conversation
        known = new Set()
        names.value = {}
      }
      if (conversation === null || conversations.byId.get(conversation)?.kind !== 'group') return
      const before = known.size
      for (const { senderName } of messages) known.add(senderName)
      if (known.size === before) return
      clearTimeout(timer)
      timer = window.setTimeout(() => void ask(conversation), SOON_MS)
    },
    { immediate: true }
  )

  /** Names of other people that look like this one. */
  const like = (name: string): readonly string[] => lookUp(names.value, name) ?? []

  return { like }
})
