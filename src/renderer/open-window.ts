/** Start of every window. */
import { createPinia } from 'pinia'
import { createApp, watchEffect, type App, type Component } from 'vue'
import { browserLanguage, i18n, setLanguage } from './i18n/index.ts'
import FailureNote from './components/shared/FailureNote.vue'
import { watchErrors } from './composables/unforeseen.ts'
import StoreProblem from './components/connection/StoreProblem.vue'
import StartWait from './components/connection/StartWait.vue'
import StartFailed from './components/connection/StartFailed.vue'
import { keepFocus } from './composables/kept-focus.ts'
import { withCommand } from './composables/shortcut.ts'
import { zoomOf } from './composables/zoom.ts'
import { useAppStore } from './stores/app.ts'
import './styles/tokens.css'
import './styles/accents.css'
import './styles/base.css'

/** Time before a page that waits for the store says so, ms. */
const WAIT_MS = 800

export async function openWindow(root: Component): Promise<void> {
  const app = createApp(root)
  watchErrors(app)
  const pinia = createPinia()
  app.use(pinia)
  app.use(i18n)
  const state = useAppStore()
  let waiting: App | null = null
  // until the setting is known
  setLanguage(browserLanguage())
  const timer = setTimeout(() => {
    waiting = createApp(StartWait).use(i18n)
    waiting.mount('#app')
  }, WAIT_MS)
  try {
    await state.load().finally(() => {
      clearTimeout(timer)
      waiting?.unmount()
    })
  } catch (error) {
    // an error page instead of an empty window
    createApp(StartFailed, { reason: error instanceof Error ? error.message : String(error) })
      .use(i18n)
      .mount('#app')
    return
  }
  watchEffect(() => setLanguage(state.language))
  watchEffect(() => {
    const { density, accent, wallpaper } = state.now.settings
    Object.assign(document.documentElement.dataset, { density, accent, wallpaper })
  })
  addEventListener('keydown', (event) => {
    const zoom = withCommand(event) ? zoomOf(event.key, state.now.settings.zoom) : null
    if (zoom === null) return
    event.preventDefault()
    void state.change({ zoom })
  })
  keepFocus()
  app.mount('#app')
  // beside the window's own app, which fills it
  const problem = document.body.appendChild(document.createElement('div'))
  createApp(StoreProblem).use(pinia).use(i18n).mount(problem)
  createApp(FailureNote)
    .use(i18n)
    .mount(document.body.appendChild(document.createElement('div')))
}
