/** Mark of the internet: tells the system that a file came from somebody else, so that it asks before running anything in it. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Zone 3 is the internet (MS-FSCC 5.6.1, the stream Zone.Identifier). */
const ZONE = '[ZoneTransfer]\r\nZoneId=3\r\n'

/** Marks a file. Never fails: a volume that cannot store the mark does not prevent saving; desktops on Linux have no such mark. */
export async function markAsForeign(path: string, platform: NodeJS.Platform = process.platform, now = Date.now()): Promise<void> {
  try {
    if (platform === 'win32') await writeFile(`${path}:Zone.Identifier`, ZONE)
    // 0081: downloaded by an application, not yet approved by the user
    else if (platform === 'darwin')
      await promisify(execFile)('/usr/bin/xattr', ['-w', 'com.apple.quarantine', `0081;${Math.floor(now / 1000).toString(16)};Mnemo;`, path])
  } catch {
    // the volume cannot store the mark
  }
}
