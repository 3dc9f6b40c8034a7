/** Thumbnails of pictures and videos in messages: read from the store, or made here and stored. */
import type { Attachment } from '../../contract/domain.ts'
import { call, CallFailed } from '../bridge.ts'

/** Side of the square thumbnail, in pixels: a cell of the grid at twice the density. */
const SIDE = 240
const QUALITY = 0.72
/** Thumbnails held in memory, about 8 KB each. */
const KEPT = 1500
/** Pictures scaled down in parallel: a large one takes tens of MB meanwhile. */
const AT_ONCE = 2
/** Time limit for a video to show its first frame, ms. */
const FILM_MS = 5000

type Small = Pick<Attachment, 'id' | 'kind' | 'name' | 'bytes' | 'where' | 'width' | 'height'>

// ids of deleted attachments are reused
const keyOf = ({ id, name, bytes }: Small): string => `${id} ${bytes ?? ''} ${name}`
const known = new Map<string, string>()
/** Thumbnails being looked up, with the callers' wanted checks. */
const running = new Map<string, { found: Promise<string | null>; wanted: (() => boolean)[] }>()
/** Thumbnails waiting to be made; the latest request is served first. */
const waiting: { file: Small; wanted: () => boolean; done: (url: string | null) => void }[] = []
let making = 0

function remember(key: string, image: Blob): string {
  const url = URL.createObjectURL(image)
  known.set(key, url)
  const [oldest, first] = known.entries().next().value ?? []
  if (known.size > KEPT && oldest !== undefined && first !== undefined) {
    known.delete(oldest)
    URL.revokeObjectURL(first)
  }
  return url
}

/** Crops the middle to a square. */
async function square(source: CanvasImageSource, width: number, height: number): Promise<Blob | null> {
  const side = Math.min(width, height)
  const canvas = new OffscreenCanvas(SIDE, SIDE)
  const context = canvas.getContext('2d')
  if (side === 0 || context === null) return null
  context.imageSmoothingQuality = 'high'
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE)
  return canvas.convertToBlob({ type: 'image/webp', quality: QUALITY })
}

async function ofPicture({ id, width, height }: Small): Promise<Blob | null> {
  const answer = await fetch(`/media/${id}`)
  if (!answer.ok) return null
  const image = await answer.blob()
  const scale = width === null || height === null ? 1 : SIDE / Math.min(width, height)
  // scaled down while decoding, off the main thread
  const picture = await createImageBitmap(
    image,
    scale < 1 && width !== null && height !== null
      ? { resizeWidth: Math.round(width * scale), resizeHeight: Math.round(height * scale), resizeQuality: 'medium' }
      : {}
  )
  try {
    return await square(picture, picture.width, picture.height)
  } finally {
    picture.close()
  }
}

async function ofFilm({ id }: Small): Promise<Blob | null> {
  const film = document.createElement('video')
  film.muted = true
  film.preload = 'auto'
  const shown = new Promise<boolean>((resolve) => {
    film.addEventListener('loadeddata', () => (film.currentTime = Math.min(1, (film.duration || 0) / 10)), { once: true })
    film.addEventListener('seeked', () => resolve(true), { once: true })
    film.addEventListener('error', () => resolve(false), { once: true })
    setTimeout(() => resolve(false), FILM_MS)
  })
  film.src = `/media/${id}`
  try {
    return (await shown) ? await square(film, film.videoWidth, film.videoHeight) : null
  } finally {
    film.removeAttribute('src')
    film.load()
  }
}

async function keep(id: number, image: Blob): Promise<void> {
  const bytes = new Uint8Array(await image.arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  // it is shown even if it could not be stored
  await call('files.keepThumbnail', { id, base64: btoa(text) }).catch((cause: unknown) => {
    if (!(cause instanceof CallFailed)) throw cause
  })
}

async function make(file: Small): Promise<string | null> {
  const image = await (file.kind === 'video' ? ofFilm(file) : ofPicture(file)).catch(() => null)
  if (image === null) return null
  void keep(file.id, image)
  return remember(keyOf(file), image)
}

function next(): void {
  while (making < AT_ONCE) {
    const one = waiting.pop()
    if (one === undefined) return
    // scrolled past in the meantime
    if (!one.wanted()) {
      one.done(null)
      continue
    }
    making++
    void make(one.file).then((url) => {
      making--
      one.done(url)
      next()
    })
  }
}

async function find(file: Small, wanted: () => boolean): Promise<string | null> {
  const answer = await fetch(`/thumbnail/${file.id}`).catch(() => null)
  if (answer?.status === 200) return remember(keyOf(file), await answer.blob())
  if (file.where !== 'here' || !wanted()) return null
  return new Promise((done) => {
    waiting.push({ file, wanted, done })
    next()
  })
}

/** URL of the thumbnail if it is in memory. */
export const thumbnailAtHand = (file: Small): string | null => known.get(keyOf(file)) ?? null

/** URL of the thumbnail, fetched or made; null where there is none or it is no longer `wanted`. */
export function thumbnailOf(file: Small, wanted: () => boolean): Promise<string | null> {
  const key = keyOf(file)
  const before = known.get(key)
  if (before !== undefined) return Promise.resolve(before)
  const other = running.get(key)
  if (other !== undefined) {
    other.wanted.push(wanted)
    return other.found
  }
  const all = [wanted]
  const found = find(file, () => all.some((one) => one())).finally(() => running.delete(key))
  running.set(key, { found, wanted: all })
  return found
}
