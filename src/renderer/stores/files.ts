/** Files to be sent, and the picture shown in the viewer. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { ConversationId } from '../../contract/domain.ts'

export const useFilesStore = defineStore('files', () => {
  /** Files chosen, dropped or pasted, but not sent yet. */
  const chosen = ref<{ conversation: ConversationId; files: File[] } | null>(null)
  /** Attachment shown in the viewer. */
  const shown = ref<{ conversation: ConversationId; id: number } | null>(null)

  function choose(conversation: ConversationId, files: readonly File[]): void {
    if (files.length === 0) return
    const before = chosen.value?.conversation === conversation ? chosen.value.files : []
    chosen.value = { conversation, files: [...before, ...files] }
  }

  return { chosen, shown, choose }
})
