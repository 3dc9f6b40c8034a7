/** Files that are about to be sent, and the picture that is looked at. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { ConversationId } from '../../contract/domain.ts'

export const useFilesStore = defineStore('files', () => {
  /** Chosen, dropped or pasted, and not sent yet. */
  const chosen = ref<{ conversation: ConversationId; files: File[] } | null>(null)
  /** The attachment that is shown large. */
  const shown = ref<{ conversation: ConversationId; id: number } | null>(null)

  function choose(conversation: ConversationId, files: readonly File[]): void {
    if (files.length === 0) return
    const before = chosen.value?.conversation === conversation ? chosen.value.files : []
    chosen.value = { conversation, files: [...before, ...files] }
  }

  return { chosen, shown, choose }
})
