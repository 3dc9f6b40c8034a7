/** Who has read how far in the group that is open, where it is small. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Conversation, GroupMember, GroupReader } from '../../contract/domain.ts'
import { call, CallFailed, onEvent } from '../bridge.ts'
import { groupReaders, MOST_READERS } from '../composables/group-readers.ts'
import { useAppStore } from './app.ts'
import { useConversationsStore } from './conversations.ts'
import { useThreadStore } from './thread.ts'

/** People who come and go at once are looked at once, ms. */
const OFTEN_MS = 1000

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
    // three lists of a large group are not asked for again and again, for what nobody is shown
    const { members: count } = await call('groups.counts', { conversation: id })
    const found = count - 1 > MOST_READERS ? [] : (await call('groups.members', { conversation: id })).members
    if (id === group.value?.id) members.value = found
  })
  const readSeen = again(async () => {
    const id = group.value?.id
    if (id === undefined) return
    const found = await call('groups.readers', { conversation: id })
    if (id !== group.value?.id) return
    const isFirst = seen.value.length === 0 && found.length > 0
    seen.value = found
    if (isFirst) readMembers()
  })
  watch(
    () => group.value?.id,
    () => {
      members.value = []
      seen.value = []
      readSeen()
    },
    { immediate: true }
  )
  // where nobody says what they have read, nobody needs to know who is there
  let timer: number | null = null
  watch(
    () => app.now.occupants,
    () => {
      if (seen.value.length === 0) return
      timer ??= window.setTimeout(() => {
        timer = null
        readMembers()
      }, OFTEN_MS)
    }
  )
  onEvent((event) => {
    if (event.type === 'conversations' && event.changed.some(({ id }) => id === group.value?.id)) readSeen()
  })
  return { all, seen }
})
