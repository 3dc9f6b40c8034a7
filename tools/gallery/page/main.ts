/** Page of the gallery: the components with fixtures. ?theme=dark &language=zh-CN &density=compact */
import { Language } from '../../../src/contract/settings.ts'
import type { Answer, Bridge } from '../../../src/contract/ipc.ts'
import { openWindow } from '../../../src/renderer/open-window.ts'
import './page.css'
import App from './App.vue'
import { DEVICES, MESSAGES, state, SECRECY } from './fixtures.ts'

const asked = new URL(location.href).searchParams
const settings = {
  language: Language.catch('en').parse(asked.get('language')),
  density: asked.get('density') === 'compact' ? ('compact' as const) : ('comfortable' as const)
}
/** Answers to calls, in place of a main process. */
const answers: Record<string, unknown> = {
  'app.state': state(settings),
  'search.names': [],
  'messages.pinned': [MESSAGES['states']?.[5]],
  'conversations.list': [],
  'groups.lookAlikes': {},
  'encryption.of': SECRECY[0],
  'encryption.devices': { own: DEVICES[0], devices: DEVICES.slice(1) }
}
const bridge: Bridge = {
  call: (_id, channel) => Promise.resolve({ ok: true, value: answers[channel] } satisfies Answer<unknown>),
  cancel: () => Promise.resolve(),
  onEvents: () => Promise.resolve()
}
Object.assign(window, { mnemo: bridge })
void openWindow(App)
