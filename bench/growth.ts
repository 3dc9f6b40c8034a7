/** (f) Time for the newest 20 hits as the history grows, up to 5,000,000 messages: a table, and docs/search-growth.svg. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../test/support/files.ts'
import { benchFolder, history, queries } from './histories.ts'
import { ms, percentile, spread, table } from './table.ts'

const SIZES = [50_000, 200_000, 1_000_000, 2_500_000, 5_000_000]
const ROUNDS = 4

export async function growth(): Promise<void> {
  const points: { count: number; p50: number; p95: number }[] = []
  const rows: string[][] = []
  for (const count of SIZES) {
    const folder = benchFolder(`growth-${count}`)
    const store = await history(folder, count)
    while (await store.find.prepare());
    const first: number[] = []
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++)
      for (const query of queries()) {
        const before = performance.now()
        await store.find.search({ query: `"${query}"`, limit: 20 - (round % 2) })
        ;(round === 0 ? first : times).push(performance.now() - before)
      }
    points.push({ count, p50: percentile(times, 50), p95: percentile(times, 95) })
    rows.push([count.toLocaleString('en'), ...spread(times), ms(percentile(first, 95)), String(Math.round(process.memoryUsage.rss() / 1e6))])
    await store.close()
    rmSync(folder, { recursive: true })
  }
  table(
    'Search: newest 20 as the history grows (bar: p95 under 5 ms at 5,000,000)',
    ['messages', 'p50 ms', 'p95 ms', 'max ms', 'first touch p95', 'RSS MB'],
    rows
  )
  writeFileSync(join(ROOT, 'docs/search-growth.svg'), plot(points))
}

/** Plots time over the logarithm of the size: logarithmic growth is a straight line. */
function plot(points: { count: number; p50: number; p95: number }[]): string {
  const [width, height, left, bottom] = [640, 340, 56, 46]
  const most = Math.max(5, ...points.map(({ p95 }) => p95)) * 1.1
  const logs = points.map(({ count }) => Math.log10(count))
  const [low = 0, high = 1] = [logs[0], logs.at(-1)]
  const x = (count: number): number => left + ((Math.log10(count) - low) / (high - low)) * (width - left - 24)
  const y = (value: number): number => height - bottom - (value / most) * (height - bottom - 24)
  const line = (key: 'p50' | 'p95', colour: string): string =>
    `<polyline fill="none" stroke="${colour}" stroke-width="2.5" points="${points.map((point) => `${x(point.count).toFixed(1)},${y(point[key]).toFixed(1)}`).join(' ')}"/>${points.map((point) => `<circle cx="${x(point.count).toFixed(1)}" cy="${y(point[key]).toFixed(1)}" r="3.5" fill="${colour}"/>`).join('')}`
  const ticks = [0, 1, 2, 3, 4, 5]
    .map(
      (value) =>
        `<line x1="${left}" x2="${width - 24}" y1="${y(value)}" y2="${y(value)}" stroke="#8884"/><text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`
    )
    .join('')
  const names = points
    .map(
      ({ count }) => `<text x="${x(count)}" y="${height - bottom + 18}" text-anchor="middle">${count >= 1e6 ? `${count / 1e6}M` : `${count / 1000}k`}</text>`
    )
    .join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#777">${ticks}${names}${line('p95', '#c2571a')}${line('p50', '#0b6e6e')}<text x="${left}" y="16">newest 20, ms</text><text x="${width - 24}" y="${height - 8}" text-anchor="end">messages, logarithmic</text><text x="${width - 90}" y="40" fill="#c2571a">p95</text><text x="${width - 50}" y="40" fill="#0b6e6e">p50</text></svg>\n`
}
