/** Subset of Protocol Buffers used by OMEMO's messages: varints of 32 bits and byte strings (protobuf.dev, 'Encoding'). */
import { OmemoRefusal } from './refusal.ts'

const VARINT = 0
const BYTES = 2
/** Largest number of fields in a message, known or not: clients write fewer. */
const MAX_FIELDS = 64

export type Fields = ReadonlyMap<number, number | Buffer>

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

/** Encodes fields in the given order; `undefined` is left out. Numbers are whole, from 0 to 2^32 - 1. */
export function encodeFields(fields: readonly (readonly [field: number, value: number | Buffer | undefined])[]): Buffer {
  const parts: Buffer[] = []
  for (const [field, value] of fields) {
    if (value === undefined) continue
    if (typeof value === 'number') parts.push(Buffer.from([...varint(field * 8 + VARINT), ...varint(value)]))
    else parts.push(Buffer.from([...varint(field * 8 + BYTES), ...varint(value.length)]), value)
  }
  return Buffer.concat(parts)
}

/** Last value of each field. Throws OmemoRefusal 'malformed' if the bytes end early, a number exceeds 32 bits or a wire type is unknown. */
export function decodeFields(bytes: Buffer): Fields {
  const fields = new Map<number, number | Buffer>()
  let at = 0
  function number(): number {
    let value = 0
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new OmemoRefusal('malformed', 'A protocol buffer ends within a number.')
      value += (byte & 127) * factor
      if (byte < 128) {
        if (value >= 2 ** 32) break
        return value
      }
    }
    throw new OmemoRefusal('malformed', 'A number in a protocol buffer is longer than 32 bits.')
  }
  for (let count = 0; at < bytes.length; count++) {
    if (count === MAX_FIELDS) throw new OmemoRefusal('malformed', `A protocol buffer has more than ${MAX_FIELDS} fields.`)
    const tag = number()
    const [field, type] = [Math.floor(tag / 8), tag % 8]
    if (type === VARINT) fields.set(field, number())
    else if (type === BYTES) {
      const length = number()
      if (length > bytes.length - at) throw new OmemoRefusal('malformed', 'A protocol buffer ends within a field.')
      fields.set(field, bytes.subarray(at, at + length))
      at += length
    } else throw new OmemoRefusal('malformed', `A protocol buffer has a field of wire type ${type}.`)
  }
  return fields
}

/** Throws OmemoRefusal 'malformed' if the field is missing or no number. */
export function numberOf(fields: Fields, field: number): number {
  const value = fields.get(field)
  if (typeof value !== 'number') throw new OmemoRefusal('malformed', `A message has no number in field ${field}.`)
  return value
}

/** Throws OmemoRefusal 'malformed' if the field is missing or no byte string. */
export function bytesOf(fields: Fields, field: number): Buffer {
  const value = fields.get(field)
  if (!(value instanceof Buffer)) throw new OmemoRefusal('malformed', `A message has no bytes in field ${field}.`)
  return value
}
