/** Where the engine's files lie: beside the sources in development, in the app's resources when packaged. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Assets {
  extension: string
  dictionary: string
  /** SQLite's binary for better-sqlite3; null: its package finds its own. */
  addon: string | null
}

/** The icon of windows, where the system takes it from the window (Linux, Windows). */
export const windowIcon = (resources: string | null): string => join(resources ?? join(projectRoot(), 'resources'), 'icon.png')

/** Laid over that icon on the taskbar of Windows while there is something unread. */
export const unreadIcon = (resources: string | null): string => join(resources ?? join(projectRoot(), 'resources'), 'unread.png')

/** `resources`: the packaged app's resources folder, or null when run from the sources. Throws where the native build is missing. */
export function findAssets(resources: string | null): Assets {
  const root = projectRoot()
  const assets =
    resources === null
      ? { extension: join(root, 'native/build/Release/mnemo_tokenizer.node'), dictionary: join(root, 'resources/words.dat') }
      : { extension: join(resources, 'native/mnemo_tokenizer.node'), dictionary: join(resources, 'words.dat') }
  for (const path of Object.values(assets)) if (!existsSync(path)) throw new Error(`${path} is missing; run npm start once to build it.`)
  // an Electron whose Node-API is older than the package's binaries brings one that was built for it (tools/setup)
  return { ...assets, addon: (resources === null ? process.env['MNEMO_SQLITE_ADDON'] : undefined) ?? null }
}

/** The folder of package.json, seen from src/main or out/main alike. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}
