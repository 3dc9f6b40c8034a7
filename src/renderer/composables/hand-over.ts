/** Transfers files from this window to the main process, piece by piece. */
import { LARGEST_PIECE } from '../../contract/limits.ts'
import { call } from '../bridge.ts'
import { thumbHashOf } from './thumbnail.ts'

function base64(piece: ArrayBuffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'))
    reader.readAsDataURL(new Blob([piece]))
  })
}

/**
 * Transfers a whole file and returns its token in the main process. `onBytes` receives the number of bytes transferred so
 * far. Throws CallFailed, the file's error, or the signal's reason.
 */
export async function handOver(file: File, { signal, onBytes }: { signal: AbortSignal; onBytes(bytes: number): void }): Promise<string> {
  const token = await call('files.begin', { name: file.name === '' ? 'file' : file.name, bytes: file.size, type: file.type, preview: await thumbHashOf(file) })
  try {
    for (let at = 0; at < file.size; at += LARGEST_PIECE) {
      signal.throwIfAborted()
      await call('files.append', { token, base64: await base64(await file.slice(at, at + LARGEST_PIECE).arrayBuffer()) })
      onBytes(Math.min(file.size, at + LARGEST_PIECE))
    }
    signal.throwIfAborted()
    return token
  } catch (error) {
    await call('files.abort', { token })
    throw error
  }
}
