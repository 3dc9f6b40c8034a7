/** What every window does at its start. */
import { createPinia } from 'pinia'
import { createApp, watchEffect, type Component } from 'vue'
import { i18n, setLanguage } from './i18n/index.ts'
import { useAppStore } from './stores/app.ts'
import './styles/tokens.css'
import './styles/base.css'

export async function openWindow(root: Component): Promise<void> {
  const app = createApp(root)
  app.use(createPinia())
  app.use(i18n)
  const state = useAppStore()
  await state.load()
  watchEffect(() => setLanguage(state.language))
  watchEffect(() => (document.documentElement.dataset['density'] = state.now.settings.density))
  app.mount('#app')
}
