/** Bridge: one object, no logic. Channels and inputs are checked by the main process, which trusts no window. */
import { contextBridge, ipcRenderer } from 'electron'
import { IPC } from '../contract/channels.ts'
import type { Bridge } from '../contract/ipc.ts'

const bridge: Bridge = {
  call: (id, channel, input) => ipcRenderer.invoke(IPC.call, id, channel, input),
  cancel: (id) => ipcRenderer.invoke(IPC.cancel, id),
  onEvents: (listener) => {
    ipcRenderer.on(IPC.events, (_event, events) => listener(events))
    return Promise.resolve()
  }
}
contextBridge.exposeInMainWorld('mnemo', bridge)
