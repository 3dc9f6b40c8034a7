/**
 * Start of the app, in two steps that must stay apart: first everything that Electron accepts only before it is ready, then compose.ts with
 * everything that Electron provides only afterwards (sessions, screens, windows, trays).
 * An error in either is shown in a dialog that offers ways to continue; a process without a window is never left behind.
 */
import { app } from 'electron'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { compose } from './compose.ts'
import { fileLog } from './desktop/log.ts'
import { tellStartProblem } from './desktop/start-problem.ts'
import { ensureWritable, sharedMemoryIsShort } from './environment.ts'
import { LinkInbox } from './links.ts'
import { Trials } from './updates/trial.ts'
import { returnToOld } from './updates/updates.ts'
import { declareScheme } from './windows/scheme.ts'

app.setName('Mnemo')
// as in electron-builder.yml; notifications on Windows require it
app.setAppUserModelId('im.mnemo.desktop')
const folder = resolve(app.commandLine.getSwitchValue('profile') || process.env['MNEMO_PROFILE'] || app.getPath('userData'))
app.setPath('userData', folder)
declareScheme()
app.enableSandbox()
// all windows show our own pages: they share one process, which takes half the memory of a process each
app.commandLine.appendSwitch('process-per-site')
// otherwise pages would crash; with it, Chromium shares memory in files of the temporary folder
if (sharedMemoryIsShort()) app.commandLine.appendSwitch('disable-dev-shm-usage')
// macOS may deliver the link that started the app before it is ready
const links = new LinkInbox(app)

void start()

async function start(): Promise<void> {
  try {
    // in a read-only folder the lock would be refused as if another Mnemo held it
    ensureWritable(folder)
    if (!app.requestSingleInstanceLock()) {
      app.quit()
      return
    }
    const logFile = join(folder, 'logs', 'mnemo.log')
    const log = fileLog(logFile)
    process.on('unhandledRejection', (reason) => log.warn(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`))
    const trials = new Trials(folder)
    const begun = trials.begin(app.getVersion())
    if (begun.kind === 'return') {
      log.warn(`version ${begun.trial.to} did not start ${begun.trial.starts} times: back to ${begun.trial.from}`)
      returnToOld(trials, begun.trial)
      app.exit(0)
      return
    }
    await app.whenReady()
    await compose({ folder, log, logFile, links, trials, trial: begun.kind === 'trial' ? begun.trial : null })
  } catch (error) {
    // otherwise Chromium would try to write there for half a minute before it shows anything
    if (!app.isReady()) app.setPath('userData', mkdtempSync(join(tmpdir(), 'mnemo-')))
    process.stderr.write(`Mnemo does not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    await app.whenReady()
    await tellStartProblem(error, folder)
  }
}
