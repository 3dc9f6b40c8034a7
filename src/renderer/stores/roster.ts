/** Contacts of all accounts. */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { Jid, RosterContact } from '../../contract/domain.ts'
import { call } from '../bridge.ts'
import { useAppStore } from './app.ts'

export const useRosterStore = defineStore('roster', () => {
  const app = useAppStore()
  /** null: not loaded yet. */
  const contacts = shallowRef<readonly RosterContact[] | null>(null)
  watch(
    () => [app.now.rosters, app.now.accounts],
    async () => (contacts.value = await call('contacts.list')),
    { immediate: true }
  )
  const of = (account: Jid | null, jid: string): RosterContact | null =>
    contacts.value?.find((one) => one.jid === jid && (account === null || one.account === account)) ?? null
  return { contacts, of }
})
