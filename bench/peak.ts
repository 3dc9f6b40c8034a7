/** Peak memory of this process. */
import { readFileSync } from 'node:fs'

/**
 * Largest resident size so far, bytes. On Linux by the process's own status: the figure of getrusage(2) begins, in a child, with that of the parent at the
 * time of the fork.
 */
export function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  if (kilobytes === undefined) throw new Error('/proc/self/status has no VmHWM')
  return Number(kilobytes) * 1024
}
