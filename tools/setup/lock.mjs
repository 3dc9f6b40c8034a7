// Lock of the set-up: one command at a time prepares this folder, and the others wait for it. Plain JavaScript for any Node from 20 on.
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'

const POLL_MS = 100
/** Wait until it is announced: most set-ups find nothing to do. */
const ANNOUNCED_AFTER_MS = 500
const BEAT_MS = 5000
/** A lock without a sign of life for this long is given up, although a process with its number exists: after a restart it is another one. */
const SILENT_MS = 60_000
/** Age of an abandoned guard. */
const GUARD_MS = 10_000

const codeOf = (error) => (error instanceof Error && 'code' in error ? error.code : null)

/** Creates a file that must not exist; returns whether it did. */
function create(path, content) {
  try {
    writeFileSync(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Owner and last sign of life of a lock; null: there is none. */
function read(path) {
  try {
    return { owner: readFileSync(path, 'utf8'), beat: statSync(path).mtimeMs }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** Removes a lock whose owner is gone. A guard file keeps others from removing the next owner's lock. */
function removeAbandoned(path, abandoned) {
  const guard = `${path}.guard`
  if (!create(guard, '')) {
    const other = read(guard)
    if (other !== null && Date.now() - other.beat > GUARD_MS) rmSync(guard, { force: true })
    return
  }
  try {
    const now = read(path)
    if (now?.owner === abandoned.owner && now.beat === abandoned.beat) rmSync(path, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

/**
 * Runs `work` while no other process runs its own under the same lock file; waits for that, and calls `onWait` once with its process id. In a folder that
 * cannot be written to there is nothing to prepare, and no lock.
 */
export async function locked(path, work, onWait) {
  const own = String(process.pid)
  const started = performance.now()
  let [seen, since, told] = [null, started, false]
  try {
    while (!create(path, own)) {
      const now = read(path)
      if (now === null) continue
      if (now.owner !== seen?.owner || now.beat !== seen.beat) [seen, since] = [now, performance.now()]
      const pid = Number(now.owner)
      // an empty file is being written
      const gone = pid > 0 && (pid === process.pid || !isRunning(pid))
      if (gone || performance.now() - since > SILENT_MS) {
        removeAbandoned(path, now)
        await after(gone ? 0 : POLL_MS)
        continue
      }
      if (!told && pid > 0 && performance.now() - started > ANNOUNCED_AFTER_MS) {
        told = true
        onWait(pid)
      }
      await after(POLL_MS)
    }
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) return work()
    throw error
  }
  const beat = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(path, now, now)
    } catch {
      // removed by hand
    }
  }, BEAT_MS)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if (read(path)?.owner === own) rmSync(path, { force: true })
  }
}
