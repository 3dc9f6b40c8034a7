/**
 * A file under a password, in Mnemo's own format, version 1:
 *
 *     signature   "mnemo-sealed"
 *     version     1 byte
 *     cost        1 byte: scrypt's N is two to this (RFC 7914; r 8, p 1)
 *     salt        16 bytes
 *     prefix      7 bytes
 *     check       32 bytes: HMAC-SHA-256 of all before it, by the second half of scrypt's 64 bytes
 *     pieces      64 KiB each, the last one shorter: AES-256-GCM by the first half, its tag of 16 bytes behind it
 *
 * A piece's nonce is the prefix, its number (4 bytes, from 0) and 1 for the last, otherwise 0; its associated data is the header. So no piece can be changed, moved or
 * left out, and a file that was cut off has no last one (STREAM, Hoang, Reyhanitabar, Rogaway and Vizár 2015).
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { Bytes } from './decoding.ts'
import { ImportError } from './history.ts'

const SIGNATURE = Buffer.from('mnemo-sealed')
const VERSION = 1
/** 128 MB of memory and about half a second for each password that is tried. */
const COST = 17
/** Costs accepted in files of others: 16 MB to 1 GB of memory. */
export const LEAST_COST = 14
const MOST_COST = 20
const BLOCK = 8
const [SALT, PREFIX, CHECK, TAG] = [16, 7, 32, 16]
const HEADER = SIGNATURE.length + 2 + SALT + PREFIX + CHECK
/** Bytes of a piece. */
export const PIECE = 65_536
const MOST_PIECES = 2 ** 32

interface Keys {
  cipher: Buffer
  check: Buffer
}
function keysOf(password: string, salt: Buffer, cost: number): Promise<Keys> {
  const options = { N: 2 ** cost, r: BLOCK, p: 1, maxmem: 2 * 128 * BLOCK * 2 ** cost }
  return new Promise((resolve, reject) => {
    // one password however its letters were typed
    scrypt(password.normalize('NFC'), salt, 64, options, (error, bytes) => {
      if (error === null) resolve({ cipher: bytes.subarray(0, 32), check: bytes.subarray(32) })
      else reject(error)
    })
  })
}

function nonce(prefix: Buffer, number: number, last: boolean): Buffer {
  const end = Buffer.alloc(5)
  end.writeUInt32BE(number)
  end.writeUInt8(last ? 1 : 0, 4)
  return Buffer.concat([prefix, end])
}

/** Encrypts what it is given, piece by piece. */
export class Sealing {
  readonly #keys: Keys
  readonly #header: Buffer
  readonly #prefix: Buffer
  #number = 0
  #waiting: Buffer[] = []
  #length = 0

  private constructor(keys: Keys, header: Buffer, prefix: Buffer) {
    this.#keys = keys
    this.#header = header
    this.#prefix = prefix
  }

  /** `cost`: less for tests. */
  static async begin(password: string, cost = COST): Promise<Sealing> {
    const [salt, prefix] = [randomBytes(SALT), randomBytes(PREFIX)]
    const keys = await keysOf(password, salt, cost)
    const start = Buffer.concat([SIGNATURE, Buffer.of(VERSION, cost), salt, prefix])
    return new Sealing(keys, Buffer.concat([start, createHmac('sha256', keys.check).update(start).digest()]), prefix)
  }

  /** Beginning of the file. */
  get header(): Buffer {
    return this.#header
  }

  /** Part of the file that this content completes; may be empty. */
  write(bytes: Buffer): Buffer {
    this.#waiting.push(bytes)
    this.#length += bytes.length
    // the last piece is known at the end alone
    if (this.#length <= PIECE) return Buffer.alloc(0)
    const whole = Buffer.concat(this.#waiting)
    const done: Buffer[] = []
    let at = 0
    for (; whole.length - at > PIECE; at += PIECE) done.push(this.#piece(whole.subarray(at, at + PIECE), false))
    this.#waiting = [whole.subarray(at)]
    this.#length = whole.length - at
    return Buffer.concat(done)
  }

  /** The end of the file. */
  end(): Buffer {
    return this.#piece(Buffer.concat(this.#waiting), true)
  }

  #piece(bytes: Buffer, last: boolean): Buffer {
    if (this.#number >= MOST_PIECES) throw new Error('a sealed file holds no more than 256 TiB')
    const cipher = createCipheriv('aes-256-gcm', this.#keys.cipher, nonce(this.#prefix, this.#number++, last), { authTagLength: TAG })
    cipher.setAAD(this.#header)
    return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }
}

/** `first`: the beginning of a file. */
export const isSealed = (first: Buffer): boolean => first.subarray(0, SIGNATURE.length).equals(SIGNATURE)

/** A piece is not as it was written, or is missing: nothing from here on is given out. */
export class SealBroken extends Error {}

/** The bytes of a sealed file, to be read as often as needed; what is read is as it was written, or SealBroken is thrown. Throws ImportError: 'password', 'wrong-password', 'broken'. */
export async function openSealed(path: string, password: string | null): Promise<Bytes> {
  const name = basename(path)
  const read: Buffer[] = []
  for await (const chunk of createReadStream(path, { end: HEADER - 1 })) read.push(chunk as Buffer)
  const header = Buffer.concat(read)
  if (header.length < HEADER) throw new ImportError(name, null, 'it ends early', 'broken')
  let at = SIGNATURE.length
  const [version = 0, cost = 0] = header.subarray(at, (at += 2))
  if (version !== VERSION) throw new ImportError(name, null, `it was made by a newer Mnemo (version ${version} of sealed files)`, 'unreadable')
  if (cost < LEAST_COST || cost > MOST_COST) throw new ImportError(name, null, 'its header is damaged', 'broken')
  if (password === null || password === '') throw new ImportError(name, null, 'it is protected by a password', 'password')
  const salt = header.subarray(at, (at += SALT))
  const prefix = header.subarray(at, (at += PREFIX))
  const keys = await keysOf(password, salt, cost)
  if (!timingSafeEqual(createHmac('sha256', keys.check).update(header.subarray(0, at)).digest(), header.subarray(at)))
    throw new ImportError(name, null, 'this is not its password', 'wrong-password')

  /** Throws where the piece is not as it was written. */
  function open(piece: Buffer, number: number, last: boolean): Buffer {
    if (piece.length < TAG) throw new Error('a piece is too short')
    const decipher = createDecipheriv('aes-256-gcm', keys.cipher, nonce(prefix, number, last), { authTagLength: TAG })
    decipher.setAAD(header)
    decipher.setAuthTag(piece.subarray(piece.length - TAG))
    return Buffer.concat([decipher.update(piece.subarray(0, piece.length - TAG)), decipher.final()])
  }

  return async function* () {
    let [number, waiting] = [0, Buffer.alloc(0)]
    const give = (piece: Buffer, last: boolean): Buffer => {
      try {
        return open(piece, number++, last)
      } catch {
        throw new SealBroken(number === 1 || !last ? 'it was changed' : 'it was cut off, or changed')
      }
    }
    for await (const chunk of createReadStream(path, { start: HEADER })) {
      waiting = Buffer.concat([waiting, chunk as Buffer])
      while (waiting.length > PIECE + TAG) {
        yield give(waiting.subarray(0, PIECE + TAG), false)
        waiting = waiting.subarray(PIECE + TAG)
      }
    }
    yield give(waiting, true)
  }
}
