/** How large everything is drawn, by the keyboard. Pure. */
import { ZOOMS } from '../../contract/settings.ts'

/** The next larger step, or smaller one; the outermost stays. */
export const zoomStep = (zoom: number, by: 1 | -1): number =>
  by === 1 ? (ZOOMS.find((step) => step > zoom) ?? zoom) : (ZOOMS.findLast((step) => step < zoom) ?? zoom)

/** The zoom that a key asks for together with Ctrl or Cmd, per cent; null: it asks for none. On some keyboards + is typed with Shift, and = stands for it. */
export function zoomOf(key: string, now: number): number | null {
  if (key === '+' || key === '=') return zoomStep(now, 1)
  if (key === '-' || key === '_') return zoomStep(now, -1)
  return key === '0' ? 100 : null
}
