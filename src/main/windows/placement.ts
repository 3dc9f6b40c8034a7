/** Placement of a window on the screens. Pure. */
import { z } from 'zod'

/** Device-independent pixels, as Electron's Rectangle. */
export interface Area {
  x: number
  y: number
  width: number
  height: number
}

export const Placement = z.object({ x: z.number(), y: z.number(), width: z.number().min(200), height: z.number().min(200), maximized: z.boolean() })
export type Placement = z.infer<typeof Placement>

/** Part of a title bar that must be on a screen for the window to be draggable. */
const HANDLE = 50
/** Height by which a title bar may begin above the work area: shadows and borders count as part of the window. */
const ABOVE = 10

/** Whether a window can be dragged on the screen with this work area. */
export const isReachable = (window: Area, { x, y, width, height }: Area): boolean =>
  window.x < x + width - HANDLE && window.x + window.width > x + HANDLE && window.y >= y - ABOVE && window.y < y + height - HANDLE

/** Size limited to the screen's work area. */
export const fitting = (size: { width: number; height: number }, work: Area): { width: number; height: number } => ({
  width: Math.min(size.width, work.width),
  height: Math.min(size.height, work.height)
})

/** Area of that size, limited to the work area and centred in it. */
export function centred(size: { width: number; height: number }, work: Area): Area {
  const { width, height } = fitting(size, work)
  return { x: work.x + Math.floor((work.width - width) / 2), y: work.y + Math.floor((work.height - height) / 2), width, height }
}

/** Parses a stored placement; null if it is invalid. */
export function parsePlacement(json: string | null): Placement | null {
  if (json === null) return null
  try {
    const parsed = Placement.safeParse(JSON.parse(json))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
