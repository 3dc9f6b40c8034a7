/** Runs a built Electron main bundle on the installed Chromium: node run.ts out/main/index.js [arguments of the app] */
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [bundle, ...rest] = process.argv.slice(2)
if (bundle === undefined) {
  process.stderr.write('usage: node run.ts MAIN_BUNDLE [arguments]\n')
  process.exit(2)
}
const electron = new URL('./electron/index.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' ? { url: electron, shortCircuit: true } : next(specifier, context))
})
process.argv = [process.argv[0] ?? 'node', resolve(bundle), ...rest]
await import(pathToFileURL(resolve(bundle)).href)
