/** Waveforms of audio files, decoded for display (https://www.w3.org/TR/webaudio/). */
import { peaksOf, type Waveform } from './waveform.ts'

/** Number of parts; each keeps its peak. */
const PARTS = 64
/** Largest file that is decoded for its waveform, bytes; an hour of speech is about 10 MB. */
const LARGEST = 12e6
const RATE = 8000
/** Number of waveforms that are cached. */
const KEPT = 200
const known = new Map<number, Promise<Waveform | null>>()

async function read(attachment: number): Promise<Waveform | null> {
  const answer = await fetch(`/media/${attachment}`)
  if (!answer.ok || Number(answer.headers.get('content-length')) > LARGEST) return null
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await answer.arrayBuffer())
  return { length: sound.duration, peaks: peaksOf(sound.getChannelData(0), PARTS) }
}

/** Waveform of a stored attachment; null where it is too large or no decodable sound. */
export function waveformOf(attachment: number): Promise<Waveform | null> {
  const before = known.get(attachment)
  if (before !== undefined) return before
  const found = read(attachment).catch(() => null)
  known.set(attachment, found)
  const [oldest] = known.keys()
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest)
  return found
}
