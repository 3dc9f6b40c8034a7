/** File sizes in words. */
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** 1536 -> 1.5 KB, 1024 -> 1 KB */
export function bytes(size: number): string {
  let value = size
  let unit = 0
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1024
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[unit]}`
}
