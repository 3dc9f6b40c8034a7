/** Rows packed as byte columns: bound by mnemo_insert, and transferred between threads without copying each value. */

/** Concatenated texts, UTF-8. */
export interface TextColumn {
  /** Start of each text in `bytes`, and the end of the last. */
  offsets: Uint32Array
  bytes: Uint8Array
}

/** Index value of rows without a text. */
export const NO_TEXT = 0xffffffff

export function textColumn(texts: readonly string[]): TextColumn {
  const offsets = new Uint32Array(texts.length + 1)
  // a UTF-16 unit takes at most three bytes
  const buffer = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + text.length * 3, 0))
  let at = 0
  for (let i = 0; i < texts.length; i++) {
    at += buffer.write(texts[i] ?? '', at)
    offsets[i + 1] = at
  }
  return { offsets, bytes: buffer.subarray(0, at) }
}

/** Bytes of a column, as a statement parameter. */
export const asBlob = (column: Float64Array | Uint32Array | Uint8Array): Buffer => Buffer.from(column.buffer, column.byteOffset, column.byteLength)
