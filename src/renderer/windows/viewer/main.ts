import { openWindow } from '../../open-window.ts'
import App from './App.vue'

void openWindow(App)
