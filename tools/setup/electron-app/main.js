// Runs the app in the folder given on the command line, as the default app of Electron's own package does
// (https://github.com/electron/electron/tree/main/default_app). Electron is not ready before this module has run.
import { app } from 'electron'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'))
if (named === undefined) {
  process.stderr.write('usage: electron FOLDER [arguments]\n')
  app.exit(2)
} else {
  const folder = resolve(named)
  const { productName, name, version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  app.setAppPath(folder)
  app.setName(productName ?? name)
  app.setVersion(version)
  app.setPath('userData', join(app.getPath('appData'), app.getName()))
  process.defaultApp = true
  // built by tools/setup for this Electron
  const addon = resolve(process.resourcesPath, '../../better_sqlite3.node')
  if (existsSync(addon)) process.env['MNEMO_SQLITE_ADDON'] = addon
  await import(pathToFileURL(resolve(folder, main)).href)
}
