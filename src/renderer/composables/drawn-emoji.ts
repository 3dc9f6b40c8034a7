/** Emoji that this system can draw, detected once per window. */
import { loadEmoji, type Emoji } from './emoji.ts'

let loading: Promise<readonly Emoji[]> | null = null
export const drawnEmoji = (): Promise<readonly Emoji[]> => (loading ??= loadEmoji(drawn()))

/** Returns a test of whether the system's fonts draw an emoji; fonts are often older than the emoji list. */
function drawn(): (emoji: string) => boolean {
  const side = 16
  const canvas = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(side * 3, side).getContext('2d', { willReadFrequently: true })
  if (canvas === null) return () => true
  canvas.font = `${side - 4}px ${getComputedStyle(document.body).fontFamily}`
  canvas.textBaseline = 'top'
  const picture = (text: string): string => {
    canvas.clearRect(0, 0, side * 3, side)
    canvas.fillText(text, 0, 0)
    return canvas.getImageData(0, 0, side * 3, side).data.join()
  }
  // the drawings of a character that no font has: a box, or blank in a font of emoji; an emoji whose parts do not join is too wide
  const nothing = new Set([picture('\u{10fffe}'), picture('')])
  const widest = canvas.measureText('😀').width * 1.4
  return (emoji) => canvas.measureText(emoji).width <= widest && !nothing.has(picture(emoji))
}
