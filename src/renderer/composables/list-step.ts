/** Index that a key leads to; null for a key that leads nowhere. Pure. */
export function stepTo(key: string, at: number, count: number): number | null {
  const steps: Partial<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1 }
  const to = steps[key]
  return to === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, to))
}
