/** Readers of the open group, with their read positions, if it is small. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Conversation, GroupMember, GroupReader } from '../../contract/domain.ts'
import { call, CallFailed, onEvent } from '../bridge.ts'
import { groupReaders, MOST_READERS } from '../composables/group-readers.ts'
import { useAppStore } from './app.ts'
import { useConversationsStore } from './conversations.ts'
import { useThreadStore } from './thread.ts'

/** Delay before the members are read again, ms: several people who come and go cause one request. */
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

  /** Serialises a request; calls during a run cause one more run. */
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
          // without a connection the members are unknown
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
    // the three member lists of a large group are not requested repeatedly, since its readers are not shown
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
  // while nobody sends read markers, the members are not needed
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
