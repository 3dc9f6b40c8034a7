/** Subtitle of a group: number of members and of those present, or its origin if imported. */
import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import { isImported } from '../../contract/address.ts'
import type { Conversation } from '../../contract/domain.ts'
import type { ImportFormat } from '../../contract/history-files.ts'
import { lookUp } from '../../contract/look-up.ts'
import { call, CallFailed } from '../bridge.ts'
import { i18n } from '../i18n/index.ts'
import { useAppStore } from '../stores/app.ts'
import { FORMAT_NAMES } from './format-names.ts'

/** Minimum interval between count requests, ms: in a large group people come and go constantly. */
const OFTEN_MS = 2000

export interface GroupCounts {
  members: number
  here: number
}

/** Origin of an imported conversation, in words. */
export function originOf({ importedFrom }: Pick<Conversation, 'importedFrom'>): string {
  const program = importedFrom === null ? undefined : lookUp(FORMAT_NAMES, importedFrom as ImportFormat)
  return program === undefined ? i18n.global.t('panel.imported') : i18n.global.t('panel.importedFrom', { program })
}

/** Counts of a group; null where the user is not in it or they are not known yet. */
export function useGroupCounts(conversation: () => Conversation): Ref<GroupCounts | null> {
  const app = useAppStore()
  const counts = shallowRef<GroupCounts | null>(null)
  let timer: number | null = null
  let last = 0
  async function ask(): Promise<void> {
    const { id, kind, nick, jid } = conversation()
    if (kind !== 'group' || nick === null || isImported(jid)) return
    last = performance.now()
    try {
      const found = await call('groups.counts', { conversation: id })
      // nobody present: we have not joined yet
      if (id === conversation().id) counts.value = found.here === 0 ? null : found
    } catch (cause) {
      if (!(cause instanceof CallFailed)) throw cause
    }
  }
  function later(): void {
    timer ??= window.setTimeout(
      () => {
        timer = null
        void ask()
      },
      Math.max(0, last + ((counts.value?.here ?? 0) > 100 ? OFTEN_MS : 0) - performance.now())
    )
  }
  watch(
    [() => conversation().id, () => conversation().nick],
    () => {
      counts.value = null
      void ask()
    },
    { immediate: true }
  )
  watch(() => [app.now.occupants, app.now.accounts], later)
  onBeforeUnmount(() => {
    if (timer !== null) clearTimeout(timer)
  })
  return counts
}
