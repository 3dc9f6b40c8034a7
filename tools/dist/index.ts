/**
 * npm run dist: packs the built app and makes this system's installers in dist/; with `--dir` only the packed folder.
 * Further arguments are targets of electron-builder (deb, rpm, tar.gz …).
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { electronToPack, ROOT } from './electron.ts'
import { writeNotices } from './notices.ts'
import { pack } from './pack.ts'

const electron = electronToPack()
const args = process.argv.slice(2)
process.stdout.write(
  electron.forTests
    ? `Electron ${electron.version}, a repack for tests: these installers are not to be published.\n`
    : `Electron ${electron.version}${electron.dist === null ? ', which electron-builder fetches' : ''}.\n`
)
writeNotices()
rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
for (const file of await pack(electron, args.includes('--dir') ? ['dir'] : args)) process.stdout.write(`${file}\n`)
