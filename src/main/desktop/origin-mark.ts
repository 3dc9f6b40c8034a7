/** Tells the system that a file came from somebody else, so that it asks before it runs anything in it. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Zone 3 is the internet (MS-FSCC 5.6.1, the stream Zone.Identifier). */
const ZONE = '[ZoneTransfer]\r\nZoneId=3\r\n'

/** A volume that keeps no such marks is no reason not to save; Linux has no mark that its desktops look at. */
export async function markAsForeign(path: string, platform: NodeJS.Platform = process.platform, now = Date.now()): Promise<void> {
  try {
    if (platform === 'win32') await writeFile(`${path}:Zone.Identifier`, ZONE)
    // 0081: downloaded by an application, not yet looked at by the user
    else if (platform === 'darwin')
      await promisify(execFile)('/usr/bin/xattr', ['-w', 'com.apple.quarantine', `0081;${Math.floor(now / 1000).toString(16)};Mnemo;`, path])
  } catch {
    // as above
  }
}
