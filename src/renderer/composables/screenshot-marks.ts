/**
 * Marks drawn on a screenshot: arrows, boxes, texts and blurred areas, in the order they were made. Units are pixels of the
 * picture.
 */
import { areaOf, coarsened, type Point } from './screenshot-area.ts'

export type Tool = 'arrow' | 'box' | 'text' | 'blur'
export interface Mark {
  tool: Tool
  from: Point
  to: Point
  text: string
}

const COLOUR = '#e5342b'
/** Side of a blurred block, in screen pixels; large enough to make text unreadable. */
const BLOCK = 14
const ARROW_HEAD = 0.45

function arrow(context: CanvasRenderingContext2D, { from, to }: Mark, thick: number): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x)
  const head = thick * 5
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.lineTo(to.x, to.y)
  for (const side of [ARROW_HEAD, -ARROW_HEAD]) {
    context.moveTo(to.x, to.y)
    context.lineTo(to.x - head * Math.cos(angle + side), to.y - head * Math.sin(angle + side))
  }
  context.stroke()
}

/** Draws a mark; `scale`: picture pixels per screen pixel. */
export function drawMark(context: CanvasRenderingContext2D, mark: Mark, scale: number): void {
  const thick = 3 * scale
  context.strokeStyle = COLOUR
  context.fillStyle = COLOUR
  context.lineWidth = thick
  context.lineCap = 'round'
  context.lineJoin = 'round'
  const { x, y, width, height } = areaOf(mark.from, mark.to, context.canvas.width, context.canvas.height)
  if (mark.tool === 'arrow') arrow(context, mark, thick)
  else if (mark.tool === 'box') context.strokeRect(x, y, width, height)
  else if (mark.tool === 'text') {
    context.font = `600 ${20 * scale}px system-ui, sans-serif`
    context.textBaseline = 'top'
    context.strokeStyle = '#fff'
    context.lineWidth = 4 * scale
    context.strokeText(mark.text, mark.from.x, mark.from.y)
    context.fillText(mark.text, mark.from.x, mark.from.y)
  } else if (width > 0 && height > 0) {
    const image = context.getImageData(x, y, width, height)
    image.data.set(coarsened(image.data, width, height, Math.max(1, Math.round(BLOCK * scale))))
    context.putImageData(image, x, y)
  }
}
