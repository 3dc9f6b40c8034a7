/** A SQLite file locked by another process, as backup programs do: SQLite's own lock bytes (https://sqlite.org/src/file/src/os.h, PENDING_BYTE). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const SCRIPT = `
import fcntl, sys
file = open(sys.argv[1], 'r+b')
fcntl.lockf(file, fcntl.LOCK_EX, 512, 0x40000000)
print('locked', flush=True)
sys.stdin.read()
`

/** Locks until `release`, or until the test's process ends. */
export async function lockFile(path: string): Promise<{ release(): Promise<void> }> {
  const holder = spawn('python3', ['-c', SCRIPT, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(holder, 'close')
  await Promise.race([
    once(holder.stdout, 'data'),
    ended.then(() => {
      throw new Error(`${path} was not locked`)
    })
  ])
  return {
    async release() {
      holder.stdin.end()
      await ended
    }
  }
}
