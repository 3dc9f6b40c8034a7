/** Paths of the engine's files: beside the sources in development, in the app's resources when packaged. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Assets {
  extension: string
  dictionary: string
  /** SQLite binary for better-sqlite3; null: the package finds its own. */
  addon: string | null
}

/** Window icon, on systems that take it from the window (Linux, Windows). */
export const windowIcon = (resources: string | null): string => join(resources ?? join(projectRoot(), 'resources'), 'icon.png')

/** Overlay on the taskbar icon of Windows while there are unread messages. */
export const unreadIcon = (resources: string | null): string => join(resources ?? join(projectRoot(), 'resources'), 'unread.png')

/** `resources`: the packaged app's resources folder, or null when run from the sources. Throws if the native build is missing. */
export function findAssets(resources: string | null): Assets {
  const root = projectRoot()
  const assets =
    resources === null
      ? { extension: join(root, 'native/build/Release/mnemo_tokenizer.node'), dictionary: join(root, 'resources/words.dat') }
      : { extension: join(resources, 'native/mnemo_tokenizer.node'), dictionary: join(resources, 'words.dat') }
  for (const path of Object.values(assets)) if (!existsSync(path)) throw new Error(`${path} is missing; run npm start once to build it.`)
  // an Electron whose Node-API is older than the package's binaries brings a binary of its own (tools/setup)
  return { ...assets, addon: (resources === null ? process.env['MNEMO_SQLITE_ADDON'] : undefined) ?? null }
}

/** Folder of package.json, as seen from src/main or out/main. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}
