/** Part of the thread store: replies, edits and sending in the conversation shown. */
import { ref, type Ref } from 'vue'
import type { ConversationId, LinkMetadata, Message } from '../../contract/domain.ts'
import { call } from '../bridge.ts'

export interface Writing {
  /** Message that the composer replies to or edits. */
  writing: Ref<{ kind: 'reply' | 'edit'; message: Message } | null>
  /** Text to put back into the composer; `serial` distinguishes equal ones. */
  rewritten: Ref<{ text: string; serial: number } | null>
  rewrite(text: string): void
  /** Counter of messages sent from this window: the list scrolls to each. */
  sent: Ref<number>
  /** Sends the text. Throws CallFailed ('too-long'); the reply or edit stays open then. */
  send(text: string, link: LinkMetadata | null): Promise<void>
  /** Sends a file that was handed over; its message arrives as an event. Throws CallFailed. */
  sendFile(id: ConversationId, token: string): Promise<void>
}

/** `shown` takes a sent message before its event arrives. */
export function useWriting(conversation: Readonly<Ref<ConversationId | null>>, shown: (message: Message) => void): Writing {
  const writing: Writing['writing'] = ref(null)
  const rewritten: Writing['rewritten'] = ref(null)
  const sent = ref(0)

  function rewrite(text: string): void {
    writing.value = null
    rewritten.value = { text, serial: (rewritten.value?.serial ?? 0) + 1 }
  }

  async function send(text: string, link: LinkMetadata | null): Promise<void> {
    const about = writing.value
    writing.value = null
    try {
      await post(text, link, about)
    } catch (cause) {
      writing.value ??= about
      throw cause
    }
  }

  async function post(text: string, link: LinkMetadata | null, about: Writing['writing']['value']): Promise<void> {
    const id = conversation.value
    if (id === null) return
    if (about?.kind === 'edit') {
      if (about.message.text !== text) await call('messages.change', { id: about.message.id, kind: 'correction', text })
      return
    }
    const message = await call('messages.send', { conversation: id, text, reply: about?.message.id ?? null, link })
    if (conversation.value !== id) return
    shown(message)
    sent.value++
  }

  async function sendFile(id: ConversationId, token: string): Promise<void> {
    await call('files.send', { token, conversation: id })
    if (conversation.value === id) sent.value++
  }

  return { writing, rewritten, rewrite, sent, send, sendFile }
}
