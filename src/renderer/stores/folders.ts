/** Folders of the conversation list: built-in ones, and the user's own, which are settings. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { isMuted, type Conversation, type ConversationId } from '../../contract/domain.ts'
import type { Folder } from '../../contract/settings.ts'
import { useAppStore } from './app.ts'
import { useConversationsStore } from './conversations.ts'

export const ALWAYS = ['all', 'unread', 'people', 'groups'] as const
type Always = (typeof ALWAYS)[number]
const KEPT = 'list-folder'

export const useFoldersStore = defineStore('folders', () => {
  const app = useAppStore()
  const conversations = useConversationsStore()
  const own = computed(() => app.now.settings.folders)
  const wanted = ref(localStorage.getItem(KEPT) ?? 'all')
  const isThere = (name: string): boolean => (ALWAYS as readonly string[]).includes(name) || own.value.some(({ id }) => id === name)
  /** One of ALWAYS, or the id of the user's own folder. */
  const chosen = computed(() => (isThere(wanted.value) ? wanted.value : 'all'))
  function choose(name: string): void {
    wanted.value = name
    localStorage.setItem(KEPT, name)
  }

  const isUnread = (one: Conversation): boolean => one.unread > 0 || one.markedUnread
  /**
   * Conversations that were unread when the folder was opened; they stay in it until another one is opened, so that none
   * vanishes under the pointer when read.
   */
  const kept = ref(new Set<ConversationId>())
  watch(chosen, (now) => (kept.value = new Set(now === 'unread' ? conversations.list.filter(isUnread).map(({ id }) => id) : [])), { immediate: true })
  const always: Record<Always, (one: Conversation) => boolean> = {
    all: () => true,
    unread: (one) => isUnread(one) || kept.value.has(one.id),
    people: ({ kind }) => kind === 'direct',
    groups: ({ kind }) => kind === 'group'
  }
  const holds = computed(() => {
    const folder = own.value.find(({ id }) => id === chosen.value)
    if (folder === undefined) return always[chosen.value as Always]
    const members = new Set(folder.conversations)
    return (one: Conversation): boolean => members.has(one.id)
  })
  /** Number of unread conversations in a folder, without muted ones. */
  const unreadIn = ({ conversations: members }: Folder): number =>
    members.filter((id) => {
      const one = conversations.byId.get(id)
      return one !== undefined && isUnread(one) && !isMuted(one)
    }).length

  const save = (folders: Folder[]): Promise<void> => app.change({ folders })
  async function create(name: string, first: ConversationId): Promise<void> {
    await save([...own.value, { id: crypto.randomUUID(), name, conversations: [first] }])
  }
  const rename = (id: string, name: string): Promise<void> => save(own.value.map((folder) => (folder.id === id ? { ...folder, name } : folder)))
  const remove = (id: string): Promise<void> => save(own.value.filter((folder) => folder.id !== id))
  const put = (id: string, conversation: ConversationId, inside: boolean): Promise<void> =>
    save(
      own.value.map((folder) =>
        folder.id === id
          ? { ...folder, conversations: [...folder.conversations.filter((one) => one !== conversation), ...(inside ? [conversation] : [])] }
          : folder
      )
    )

  return { own, chosen, choose, holds, isUnread, unreadIn, create, rename, remove, put }
})
