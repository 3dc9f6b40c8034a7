/** Completion in the composer: mentions after an @, emoji after a colon. */
import { ref, type Ref } from 'vue'

export interface CompletedWordsOptions {
  area: Readonly<Ref<HTMLTextAreaElement | null>>
  text: Readonly<Ref<string>>
  /** Mentions are completed in groups only. */
  isGroup(): boolean
  /** Replaces the whole text and fits the field's height. */
  put(text: string): Promise<void>
  changed(): void
}

export interface CompletedWords {
  /** Text after an @ before the cursor, or null. */
  mention: Ref<string | null>
  /** Text after a colon at the cursor: an emoji name, from two letters or one Chinese character on. */
  emojiName: Ref<string | null>
  lookForMention(): void
  lookForEmoji(): void
  /** Ends completion, when the field loses the focus. */
  forget(): void
  pick(nick: string): Promise<void>
  /** Inserts an emoji at the cursor, replacing the `typed` characters before it. */
  insert(emoji: string, typed?: number): Promise<void>
}

const MENTION = /(?:^|[^\p{L}\p{N}])@([^\s@]{0,40})$/u
const EMOJI = /(?:^|[\s\p{Script=Han}\p{P}])[:：]([\p{Script=Latin}_]{2,24}|[\p{Script=Han}]{1,8})$/u

export function useCompletedWords({ area, text, isGroup, put, changed }: CompletedWordsOptions): CompletedWords {
  const mention = ref<string | null>(null)
  const emojiName = ref<string | null>(null)
  const wordOf = (pattern: RegExp): string | null => pattern.exec(area.value?.value.slice(0, area.value.selectionStart) ?? '')?.[1] ?? null
  const lookForMention = (): void => void (mention.value = isGroup() ? wordOf(MENTION) : null)
  const lookForEmoji = (): void => void (emojiName.value = wordOf(EMOJI))
  function forget(): void {
    mention.value = null
    emojiName.value = null
  }
  async function replace(start: number, end: number, words: string): Promise<void> {
    const element = area.value
    if (element === null) return
    forget()
    await put(`${text.value.slice(0, start)}${words}${text.value.slice(end)}`)
    element.focus()
    element.setSelectionRange(start + words.length, start + words.length)
    changed()
  }
  async function pick(nick: string): Promise<void> {
    const end = area.value?.selectionStart
    if (end !== undefined && mention.value !== null) await replace(end - mention.value.length, end, `${nick} `)
  }
  async function insert(emoji: string, typed = 0): Promise<void> {
    const { selectionStart = 0, selectionEnd = 0 } = area.value ?? {}
    await replace(selectionStart - typed, selectionEnd, emoji)
  }
  return { mention, emojiName, lookForMention, lookForEmoji, forget, pick, insert }
}
