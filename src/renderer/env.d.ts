import type { Bridge } from '../contract/ipc.ts'

declare global {
  interface Window {
    mnemo: Bridge
  }
}
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}
