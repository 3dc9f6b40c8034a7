/** Sets of docs as bit sets: 32 docs per word, least significant bit first. All sets of one calculation have the same length. Pure. */

export type Bits = Uint32Array

export const noBits = (words: number): Bits => new Uint32Array(words)

/** Bit set from a BLOB of mnemo_hits. */
export function fromBuffer(buffer: Buffer): Bits {
  const { byteOffset, byteLength } = buffer
  return byteOffset % 4 === 0
    ? new Uint32Array(buffer.buffer, byteOffset, byteLength / 4)
    : new Uint32Array(buffer.buffer.slice(byteOffset, byteOffset + byteLength))
}

export function and(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length)
  for (let i = 0; i < a.length; i++) out[i] = a[i]! & b[i]!
  return out
}
export function or(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length)
  for (let i = 0; i < a.length; i++) out[i] = a[i]! | b[i]!
  return out
}
/** Union of a and b, in a. */
export function add(a: Bits, b: Bits): void {
  for (let i = 0; i < a.length; i++) a[i]! |= b[i]!
}
/** Intersection of a and b, in a; b may be shorter. */
export function retain(a: Bits, b: Bits): void {
  const common = Math.min(a.length, b.length)
  for (let i = 0; i < common; i++) a[i]! &= b[i]!
  a.fill(0, common)
}
/** Difference: a without b. */
export function andNot(a: Bits, b: Bits): Bits {
  const out = new Uint32Array(a.length)
  for (let i = 0; i < a.length; i++) out[i] = a[i]! & ~b[i]!
  return out
}

export const has = (bits: Bits, at: number): boolean => ((bits[at >> 5]! >>> (at & 31)) & 1) === 1

export function count(bits: Bits): number {
  let total = 0
  for (let i = 0; i < bits.length; i++) {
    let v = bits[i]!
    if (v === 0) continue
    v -= (v >>> 1) & 0x55555555
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
    total += (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
  }
  return total
}

/** Positions of set bits, ascending; at most `most`. */
export function ascending(bits: Bits, most: number, from = 0, to = bits.length * 32): number[] {
  const out: number[] = []
  for (let word = from >> 5; word < bits.length && word * 32 < to && out.length < most; word++) {
    for (let v = bits[word]!; v !== 0 && out.length < most; v &= v - 1) {
      const at = word * 32 + (31 - Math.clz32(v & -v))
      if (at >= from && at < to) out.push(at)
    }
  }
  return out
}

/** Positions of set bits, descending; at most `most`. */
export function descending(bits: Bits, most: number, from = 0, to = bits.length * 32): number[] {
  const out: number[] = []
  for (let word = Math.min(bits.length - 1, (to - 1) >> 5); word >= 0 && word * 32 + 31 >= from && out.length < most; word--) {
    for (let v = bits[word]!; v !== 0 && out.length < most;) {
      const bit = 31 - Math.clz32(v)
      v &= ~(1 << bit)
      const at = word * 32 + bit
      if (at >= from && at < to) out.push(at)
    }
  }
  return out
}

/** Calls `visit` for each set bit. */
export function each(bits: Bits, visit: (at: number) => void): void {
  for (let word = 0; word < bits.length; word++) for (let v = bits[word]!; v !== 0; v &= v - 1) visit(word * 32 + (31 - Math.clz32(v & -v)))
}

/** Docs that are in exactly `wanted` of at most 15 sets. */
export function inExactly(sets: readonly Bits[], wanted: number): Bits {
  const words = sets[0]?.length ?? 0
  const out = new Uint32Array(words)
  for (let i = 0; i < words; i++) {
    let ones = 0
    let twos = 0
    let fours = 0
    let eights = 0
    for (const set of sets) {
      let carry = set[i]!
      let next = ones & carry
      ones ^= carry
      carry = next
      next = twos & carry
      twos ^= carry
      carry = next
      next = fours & carry
      fours ^= carry
      eights |= next
    }
    out[i] = (wanted & 1 ? ones : ~ones) & (wanted & 2 ? twos : ~twos) & (wanted & 4 ? fours : ~fours) & (wanted & 8 ? eights : ~eights)
  }
  return out
}
