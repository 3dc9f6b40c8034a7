/** Zoom by keyboard. Pure. */
import { ZOOMS } from '../../contract/settings.ts'

/** Next larger or smaller step; the outermost stays. */
export const zoomStep = (zoom: number, by: 1 | -1): number =>
  by === 1 ? (ZOOMS.find((step) => step > zoom) ?? zoom) : (ZOOMS.findLast((step) => step < zoom) ?? zoom)

/**
 * Zoom, in per cent, for a key pressed with Ctrl or Cmd; null for any other key. On some keyboards + is typed with Shift, and
 * = stands for it.
 */
export function zoomOf(key: string, now: number): number | null {
  if (key === '+' || key === '=') return zoomStep(now, 1)
  if (key === '-' || key === '_') return zoomStep(now, -1)
  return key === '0' ? 100 : null
}
