/** Link preview for the first link in the text being written, if the user enabled previews. */
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import type { ConversationId, LinkMetadata } from '../../contract/domain.ts'
import { call, CallFailed } from '../bridge.ts'
import { useAppStore } from '../stores/app.ts'
import { pictureUrl } from './photo.ts'
import { firstLink } from './text-parts.ts'

/** Time an address must stay unchanged before its page is fetched, ms. */
const PAUSE_MS = 700

/** Longest picture that is sent with a link, in characters of its data: URL: a message has to fit into 10,000 bytes on any server (RFC 6120 section 13.12). */
const LONGEST_SENT_PICTURE = 6000

const pictureOf = ({ type, base64 }: { type: string; base64: string }): Blob => new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], { type })

/** `encryption`: how the conversation is encrypted; encrypted texts are sent without a card. */
export function useLinkCard(
  conversation: () => ConversationId,
  text: () => string,
  encryption: () => string | null
): { card: Ref<LinkMetadata | null>; refuse(): void; take(text: string): LinkMetadata | null } {
  const app = useAppStore()
  const card = ref<LinkMetadata | null>(null)
  /** Addresses whose preview the user dismissed, or whose page has none. */
  const refused = new Set<string>()
  let timer: number | undefined
  let running: AbortController | null = null

  function stop(): void {
    clearTimeout(timer)
    running?.abort()
    running = null
  }
  async function read(url: string): Promise<void> {
    const mine = (running = new AbortController())
    try {
      const found = await call('links.read', { conversation: conversation(), url }, mine.signal)
      if (running !== mine) return
      if (found === null) refused.add(url)
      const image = found === null || found.picture === null ? null : await pictureUrl(pictureOf(found.picture), LONGEST_SENT_PICTURE)
      if (running !== mine || found === null) return
      card.value = image === null ? found.link : { ...found.link, image }
    } catch (cause) {
      if (!(cause instanceof CallFailed)) throw cause
    }
  }
  watch(encryption, () => refused.clear())
  watch(
    [() => (app.now.settings.linkPreviews ? firstLink(text()) : null), encryption],
    ([url]) => {
      stop()
      card.value = null
      if (url !== null && !refused.has(url)) timer = window.setTimeout(() => void read(url), PAUSE_MS)
    },
    { immediate: true }
  )
  onBeforeUnmount(stop)

  function refuse(): void {
    if (card.value !== null) refused.add(card.value.url)
    card.value = null
  }
  /** Returns the card for a text that is sent; a page still being fetched is not waited for. */
  function take(sent: string): LinkMetadata | null {
    const taken = card.value !== null && sent.includes(card.value.url) ? card.value : null
    stop()
    card.value = null
    return taken
  }
  return { card, refuse, take }
}
