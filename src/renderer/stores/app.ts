/** State shared by all windows: accounts and their connections, presence, settings. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { type Conversation, type Jid, type Presence } from '../../contract/domain.ts'
import { queryLanguage as queryLanguageOf, type Settings } from '../../contract/settings.ts'
import type { AppState } from '../../contract/requests/app.ts'
import { follow } from '../../contract/live.ts'
import { lookUp } from '../../contract/look-up.ts'
import { call, onEvent } from '../bridge.ts'

export const useAppStore = defineStore('app', () => {
  const state = ref<AppState | null>(null)

  async function load(): Promise<void> {
    onEvent((event) => {
      if (event.type === 'live' && state.value !== null) follow(state.value, event.changed)
    })
    state.value = await call('app.state')
  }

  const now = computed(() => {
    if (state.value === null) throw new Error('the app state is not loaded')
    return state.value
  })
  const language = computed(() => {
    const chosen = state.value?.settings.language ?? 'system'
    return chosen === 'system' ? (state.value?.systemLanguage ?? 'en') : chosen
  })
  /** Language of the query language and emoji names: English or Chinese. */
  const queryLanguage = computed(() => queryLanguageOf(language.value))
  const typingIn = (jid: string): readonly string[] => lookUp(state.value?.typing ?? {}, jid) ?? []
  const isBlocked = ({ account, jid }: Pick<Conversation, 'account' | 'jid'>): boolean =>
    state.value?.blocked.some((one) => one.account === account && one.jid === jid) === true
  /** Presence of a person as seen from an account; null: unknown, since the account is not connected or has blocked them. */
  const presenceOf = (person: Pick<Conversation, 'account' | 'jid'>): Presence | null =>
    isBlocked(person) || state.value?.accounts.find(({ jid }) => jid === person.account)?.connection.status !== 'online'
      ? null
      : (lookUp(state.value.presence, person.jid) ?? 'offline')
  /** Whether the account is signed in here; conversations of others are read-only. */
  const isOurs = (account: Jid | null): boolean => state.value?.accounts.some(({ jid }) => jid === account) === true
  /**
   * Whether messages can be sent: the account is signed in here, and the person is not blocked or the user is a member of the
   * group.
   */
  const isWritable = (conversation: Conversation): boolean =>
    isOurs(conversation.account) && (conversation.kind === 'direct' ? !isBlocked(conversation) : conversation.nick !== null)
  const avatarOf = (jid: string): string | null => lookUp(state.value?.avatars ?? {}, jid) ?? null
  const change = async (settings: Partial<Settings>): Promise<void> => void (await call('settings.change', settings))

  return { load, now, language, queryLanguage, presenceOf, isBlocked, isOurs, isWritable, avatarOf, typingIn, change }
})
