/** Messages selected in this window, and messages about to be forwarded. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { ConversationId, Message } from '../../contract/domain.ts'
import { call } from '../bridge.ts'
import { isForwardable, lostFiles } from '../composables/message-actions.ts'
import { useThreadStore } from './thread.ts'

/** Largest selection: the limit of one call. */
const MOST = 200

export const useSelectionStore = defineStore('selection', () => {
  const thread = useThreadStore()
  /** Selected messages by key: a message that moves stays selected. */
  const chosen = ref(new Map<string, Message>())
  const conversation = ref<ConversationId | null>(null)
  /** Start of a range selection. */
  let anchor: string | null = null
  const forwarding = ref<readonly Message[]>([])
  /** Names of the files that cannot be forwarded. */
  const leftOut = ref<readonly string[]>([])

  const active = computed(() => chosen.value.size > 0 && conversation.value === thread.conversation)
  /** Selected messages in order of history. */
  const messages = computed(() => [...chosen.value.values()].sort((a, b) => a.id - b.id))
  const has = (key: string): boolean => active.value && chosen.value.has(key)

  function begin(message: Message): void {
    conversation.value = message.conversation
    chosen.value = new Map([[message.key, message]])
    anchor = message.key
  }

  /** `range`: selects also all messages between this one and the anchor. */
  function toggle(message: Message, range: boolean): void {
    const list = thread.messages
    const [from, to] = [list.findIndex(({ key }) => key === anchor), list.findIndex(({ key }) => key === message.key)]
    const next = new Map(chosen.value)
    if (range && from >= 0 && to >= 0) for (const one of list.slice(Math.min(from, to), Math.max(from, to) + 1)) next.set(one.key, one)
    else if (!next.delete(message.key)) next.set(message.key, message)
    chosen.value = new Map([...next].slice(0, MOST))
    anchor = message.key
  }

  function end(): void {
    chosen.value = new Map()
    anchor = null
  }

  function forward(list: readonly Message[]): void {
    forwarding.value = list.filter(isForwardable)
    leftOut.value = lostFiles(list)
  }
  /**
   * Forwards the pending messages and clears them. `merged`: as one message that quotes all of them. Returns names of files
   * that could not be forwarded and were not named before.
   */
  async function send(to: ConversationId[], merged: boolean): Promise<string[]> {
    const lost = await call('messages.forward', { ids: forwarding.value.map(({ id }) => id), to, merged })
    const said = new Set(leftOut.value)
    end()
    const news = lost.filter((name) => !said.has(name))
    if (news.length === 0) forwarding.value = []
    return news
  }

  async function copy(): Promise<void> {
    await call('clipboard.write', {
      text: messages.value
        .map(
          ({ senderName, text, attachments }) =>
            `${senderName}: ${[...attachments.map(({ name }) => `[${name}]`), text].filter((part) => part !== '').join(' ')}`
        )
        .join('\n')
    })
    end()
  }
  async function star(): Promise<void> {
    const on = messages.value.some(({ starred }) => !starred)
    for (const { id } of messages.value) await call('messages.star', { id, on })
    end()
  }
  async function remove(): Promise<void> {
    await call('messages.remove', { ids: messages.value.map(({ id }) => id) })
    end()
  }

  return { active, messages, has, begin, toggle, end, forwarding, leftOut, forward, send, copy, star, remove }
})
