/** Dialog that explains why Mnemo cannot start, and offers ways to continue. */
import { app, dialog, shell } from 'electron'
import { StoreOpenError } from '../../engine/store/database.ts'
import { systemLanguage } from './appearance.ts'
import { WORDS } from './words.ts'

const PROFILE = '--profile'

/** Restarts with another profile folder, or with the same one if `profile` is null. */
function startAgain(profile: string | null): void {
  const given = process.argv.slice(1)
  app.relaunch({ args: profile === null ? given : [...given.filter((argument) => !argument.startsWith(PROFILE)), `${PROFILE}=${profile}`] })
  app.exit(0)
}

/** Requires that Electron is ready. Ends the process or restarts it, as the user chooses. */
export async function tellStartProblem(error: unknown, folder: string): Promise<void> {
  const words = WORDS[systemLanguage()].startProblem
  const code = error instanceof StoreOpenError ? error.code : 'other'
  const choices = [words.again, words.otherFolder, words.showFolder, words.quit]
  for (;;) {
    // synchronous: without a window, Electron delivers an asynchronous answer only when something else wakes its loop
    const response = dialog.showMessageBoxSync({
      type: 'error',
      title: 'Mnemo',
      message: words.title,
      detail: `${words.reasons[code]}\n\n${error instanceof Error ? error.message : String(error)}`,
      buttons: choices,
      defaultId: 0,
      cancelId: choices.length - 1,
      noLink: true
    })
    if (response === 0) return startAgain(null)
    if (response === 1) {
      const [chosen] = dialog.showOpenDialogSync({ title: words.otherFolder, properties: ['openDirectory', 'createDirectory'] }) ?? []
      if (chosen !== undefined) return startAgain(chosen)
    } else if (response === 2) await shell.openPath(folder)
    else return app.exit(1)
  }
}
