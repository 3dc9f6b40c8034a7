/** electron-builder over the built app, with the Electron at hand. */
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, Platform, type AfterPackContext } from 'electron-builder'
import { ROOT, type PackedElectron } from './electron.ts'

/** The repack for tests lacks the Node-API of better-sqlite3's own binary, and holds an app of its own that runs a folder. */
function fitForTests({ appOutDir }: AfterPackContext, sqlite: string): void {
  const resources = join(appOutDir, 'resources')
  rmSync(join(resources, 'app'), { recursive: true, force: true })
  rmSync(join(appOutDir, 'SHA256SUMS'), { force: true })
  const packed = join(resources, `app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`)
  if (!existsSync(packed)) throw new Error(`${packed} is not packed`)
  cpSync(sqlite, packed)
}

/** Packs for this system, in dist/; `targets` in place of those of electron-builder.yml where there are any. Returns the files made. */
export async function pack({ dist, version, sqlite }: PackedElectron, targets: string[] = []): Promise<string[]> {
  return build({
    projectDir: ROOT,
    publish: 'never',
    ...(targets.length === 0 ? {} : { targets: Platform.current().createTarget(targets) }),
    config: {
      extends: join(ROOT, 'electron-builder.yml'),
      electronVersion: version,
      ...(dist === null ? {} : { electronDist: dist }),
      ...(sqlite === null ? {} : { afterPack: (context: AfterPackContext) => fitForTests(context, sqlite) })
    }
  })
}
