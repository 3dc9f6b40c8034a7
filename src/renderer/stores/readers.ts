/** Who has read how far in the group that is open, where it is small. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Conversation, GroupMember, GroupReader } from '../../contract/domain.ts'
import { call, CallFailed, onEvent } from '../bridge.ts'
import { groupReaders } from '../composables/group-readers.ts'
import { useAppStore } from './app.ts'
import { useConversationsStore } from './conversations.ts'
import { useThreadStore } from './thread.ts'

export const useReadersStore = defineStore('readers', () => {
  const app = useAppStore()
  const conversations = useConversationsStore()
  const thread = useThreadStore()
  const members = shallowRef<readonly GroupMember[]>([])
  const seen = shallowRef<readonly GroupReader[]>([])
  const group = computed((): Conversation | null => {
    const open = thread.conversation === null ? undefined : conversations.byId.get(thread.conversation)
    return open?.kind === 'group' && open.nick !== null && app.isOurs(open.account) ? open : null
  })
  const all = computed(() => (group.value === null ? null : groupReaders(group.value.jid, members.value, seen.value)))

  /** One after the other; what comes meanwhile is asked once more. */
  function again(run: () => Promise<void>): () => void {
    let wanted = false
    let running = false
    return () => {
      wanted = true
      if (running) return
      running = true
      void (async () => {
        try {
          while (wanted) {
            wanted = false
            await run()
          }
        } catch (cause) {
          // without a connection nobody knows who is there
          if (!(cause instanceof CallFailed)) throw cause
        } finally {
          running = false
        }
      })()
    }
  }
  const readMembers = again(async () => {
    const id = group.value?.id
    if (id === undefined) return
    const found = await call('groups.members', { conversation: id })
    if (id === group.value?.id) members.value = found.members
  })
  const readSeen = again(async () => {
    const id = group.value?.id
    if (id === undefined) return
    const found = await call('groups.readers', { conversation: id })
    if (id === group.value?.id) seen.value = found
  })
  watch(
    () => group.value?.id,
    () => {
      members.value = []
      seen.value = []
      readMembers()
      readSeen()
    },
    { immediate: true }
  )
  watch(() => app.now.occupants, readMembers)
  onEvent((event) => {
    if (event.type === 'conversations' && event.changed.some(({ id }) => id === group.value?.id)) readSeen()
  })
  return { all, seen }
})
