/** Waveform of a sound, from its samples. Pure. */

export interface Waveform {
  /** Duration in seconds. */
  length: number
  /** Peak of each part, 0 to 1. */
  peaks: number[]
}

/** Peaks of samples in [-1, 1], `parts` of them, normalised so that the highest is 1. Pure. */
export function peaksOf(samples: Float32Array, parts: number): number[] {
  const peaks = Array.from({ length: parts }, (_, part) => {
    let peak = 0
    const end = Math.floor(((part + 1) * samples.length) / parts)
    for (let i = Math.floor((part * samples.length) / parts); i < end; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0))
    return peak
  })
  const loudest = Math.max(...peaks)
  return loudest === 0 ? peaks : peaks.map((peak) => peak / loudest)
}

/** Width of a voice message, in pixels: each further second adds less. */
export const widthOf = (seconds: number): number => Math.round(150 + 170 * (1 - Math.exp(-seconds / 25)))

/** 1:05, 1:02:03 */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, '0')]
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}
