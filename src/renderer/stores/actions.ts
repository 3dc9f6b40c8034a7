/** Actions on messages of the open conversation: by menu, hover bar or key. An impossible action shows its reason. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Message } from '../../contract/domain.ts'
import { call } from '../bridge.ts'
import { isDiscardable, toggledReactions, whyNot, type MessageAction, type Refusal } from '../composables/message-actions.ts'
import { useAppStore } from './app.ts'
import { useConversationsStore } from './conversations.ts'
import { useSelectionStore } from './selection.ts'
import { useThreadStore } from './thread.ts'

/** Time that a reason stays on screen, ms. */
const SHOWN_MS = 4000

export const useActionsStore = defineStore('actions', () => {
  const app = useAppStore()
  const conversations = useConversationsStore()
  const selection = useSelectionStore()
  const thread = useThreadStore()
  /** Message waiting for the choice of a reaction, and message waiting for confirmation of its deletion. */
  const reacting = ref<Message | null>(null)
  const deleting = ref<Message | null>(null)
  /** Message waiting for the choice of a reminder's time. */
  const reminding = ref<Message | null>(null)
  /** Reason why the last action was impossible. */
  const refusal = ref<Refusal | null>(null)
  /** Texts of own messages retracted in this window, by key, so that they can be rewritten. They are kept nowhere else. */
  const recalled = ref(new Map<string, string>())
  let shown: number | undefined

  const writable = computed(() => {
    const conversation = thread.conversation === null ? undefined : conversations.byId.get(thread.conversation)
    return conversation !== undefined && app.isWritable(conversation)
  })
  const why = (action: MessageAction, message: Message): Refusal | null => whyNot(action, message, writable.value)

  function refuse(reason: Refusal): void {
    clearTimeout(shown)
    refusal.value = reason
    shown = window.setTimeout(() => (refusal.value = null), SHOWN_MS)
  }

  async function react(message: Message, emoji: string): Promise<void> {
    await call('messages.change', { id: message.id, kind: 'reactions', text: toggledReactions(message, emoji) })
  }

  async function run(action: MessageAction, message: Message): Promise<void> {
    const reason = why(action, message)
    if (reason !== null) return refuse(reason)
    switch (action) {
      case 'reply':
      case 'edit':
        thread.writing = { kind: action, message }
        return
      case 'react':
        reacting.value = message
        return
      case 'forward':
        return selection.forward([message])
      case 'copy':
        return call('clipboard.write', { text: getSelection()?.toString() || message.text })
      case 'star':
        return call('messages.star', { id: message.id, on: !message.starred })
      case 'pin':
        return call('messages.pin', { id: message.id, on: !message.pinned })
      case 'remind':
        reminding.value = message
        return
      case 'details':
        thread.details = message
        return
      case 'select':
        return selection.begin(message)
      case 'recall':
        if (message.text !== '') recalled.value.set(message.key, message.text)
        return call('messages.change', { id: message.id, kind: 'retraction', text: '' })
      case 'delete':
        if (isDiscardable(message)) return call('messages.discard', { id: message.id })
        deleting.value = message
    }
  }

  return { reacting, deleting, reminding, refusal, recalled, writable, why, react, run }
})
