/** Voice message player of this window: one at a time, followed by the next one of the conversation. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useThreadStore } from './thread.ts'

const RATES = [1, 1.5, 2] as const
const KEPT = 'voice-rate'

export const usePlayerStore = defineStore('player', () => {
  const thread = useThreadStore()
  const audio = new Audio()
  audio.preload = 'auto'
  /** Attachment that is playing or paused. */
  const id = ref<number | null>(null)
  const playing = ref(false)
  const failed = ref(false)
  /** Seconds. */
  const time = ref(0)
  const length = ref(0)
  const rate = ref(RATES.find((one) => String(one) === localStorage.getItem(KEPT)) ?? 1)

  // smoother than the element's own four updates a second
  function follow(): void {
    if (!playing.value) return
    time.value = audio.currentTime
    requestAnimationFrame(follow)
  }
  audio.addEventListener('play', () => {
    playing.value = true
    follow()
  })
  audio.addEventListener('pause', () => (playing.value = false))
  audio.addEventListener('error', () => {
    playing.value = false
    failed.value = id.value !== null
  })
  audio.addEventListener('durationchange', () => (length.value = Number.isFinite(audio.duration) ? audio.duration : 0))
  audio.addEventListener('ended', () => {
    const next = after(id.value)
    time.value = 0
    if (next === null) id.value = null
    else start(next)
  })
  function after(which: number | null): number | null {
    const voices = thread.messages.flatMap(({ attachments }) => attachments.filter(({ kind, where }) => kind === 'voice' && where === 'here'))
    return voices[voices.findIndex((one) => one.id === which) + 1]?.id ?? null
  }

  function load(which: number): void {
    if (id.value === which) return
    id.value = which
    failed.value = false
    time.value = 0
    length.value = 0
    audio.src = `/media/${which}`
    audio.playbackRate = audio.defaultPlaybackRate = rate.value
  }
  function start(which: number): void {
    load(which)
    // playback errors are reported by their own event
    audio.play().catch(() => undefined)
  }
  const toggle = (which: number): void => (id.value === which && playing.value ? audio.pause() : start(which))
  /** Seeks to a position in seconds. */
  function seek(which: number, to: number): void {
    load(which)
    audio.currentTime = to
    time.value = to
  }
  function nextRate(): void {
    rate.value = RATES[(RATES.indexOf(rate.value) + 1) % RATES.length] ?? 1
    audio.playbackRate = audio.defaultPlaybackRate = rate.value
    localStorage.setItem(KEPT, String(rate.value))
  }
  return { id, playing, failed, time, length, rate, toggle, seek, nextRate }
})
