/** Sounds of messages, decoded to be drawn (https://www.w3.org/TR/webaudio/). */
import { peaksOf, type Waveform } from './waveform.ts'

/** Parts of which the loudest is kept. */
const PARTS = 64
/** A larger file is not decoded for that, bytes; an hour of speech is about 10 MB. */
const LARGEST = 12e6
const RATE = 8000
/** What was looked at last stays known. */
const KEPT = 200
const known = new Map<number, Promise<Waveform | null>>()

async function read(attachment: number): Promise<Waveform | null> {
  const answer = await fetch(`/media/${attachment}`)
  if (!answer.ok || Number(answer.headers.get('content-length')) > LARGEST) return null
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await answer.arrayBuffer())
  return { length: sound.duration, peaks: peaksOf(sound.getChannelData(0), PARTS) }
}

/** Of an attachment that is here; null where it is too large or no sound that can be decoded. */
export function waveformOf(attachment: number): Promise<Waveform | null> {
  const before = known.get(attachment)
  if (before !== undefined) return before
  const found = read(attachment).catch(() => null)
  known.set(attachment, found)
  const [oldest] = known.keys()
  if (known.size > KEPT && oldest !== undefined) known.delete(oldest)
  return found
}
