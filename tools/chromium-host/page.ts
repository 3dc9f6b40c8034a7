/**
 * Functions that run inside a page. They are sent to Chromium as source text, so each is self-contained.
 *
 * Two worlds: the preload script runs in an isolated one, invisible to the page; contextBridge passes functions through a message channel between
 * the two, set up before any script of the page.
 */

/** Encodes and decodes values as Electron's structured clone does, in JSON. */
export function createCodec() {
  const TAG = '$electron'
  function encode(value: unknown): unknown {
    if (value === undefined) return { [TAG]: 'undefined' }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return Number.isFinite(value) ? value : { [TAG]: 'number', value: String(value) }
    if (typeof value === 'bigint') return { [TAG]: 'bigint', value: String(value) }
    if (value instanceof Date) return { [TAG]: 'date', value: value.getTime() }
    if (value instanceof Map) return { [TAG]: 'map', value: [...value].map(encode) }
    if (value instanceof Set) return { [TAG]: 'set', value: [...value].map(encode) }
    if (value instanceof Error) return { [TAG]: 'error', value: { name: value.name, message: value.message, stack: value.stack } }
    if (value instanceof Uint8Array) {
      let binary = ''
      for (let i = 0; i < value.length; i += 8192) binary += String.fromCharCode(...value.subarray(i, i + 8192))
      return { [TAG]: 'bytes', value: btoa(binary) }
    }
    if (Array.isArray(value)) return value.map(encode)
    if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]))
    throw new TypeError('An object could not be cloned.')
  }
  function decode(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(decode)
    if (value === null || typeof value !== 'object') return value
    const tagged = value as { $electron?: string; value?: unknown }
    switch (tagged[TAG]) {
      case undefined:
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
      case 'undefined':
        return undefined
      case 'number':
        return Number(tagged.value)
      case 'bigint':
        return BigInt(tagged.value as string)
      case 'date':
        return new Date(tagged.value as number)
      case 'map':
        return new Map((tagged.value as unknown[]).map((pair) => decode(pair) as [unknown, unknown]))
      case 'set':
        return new Set((tagged.value as unknown[]).map(decode))
      case 'bytes':
        return Uint8Array.from(atob(tagged.value as string), (c) => c.charCodeAt(0))
      case 'error': {
        const { name, message } = tagged.value as { name: string; message: string }
        return Object.assign(new Error(message), { name })
      }
      default:
        return tagged.value
    }
  }
  return { encode, decode }
}

/** Message port of a page. */
interface Port {
  onmessage: ((event: never) => void) | null
  postMessage(message: unknown): void
}

interface PageGlobals {
  [name: string]: unknown
  addEventListener(type: string, listener: (event: never) => void, options?: object): void
  dispatchEvent(event: unknown): void
}

/** Runs in the page's own world, before its scripts: waits once for the port and the shape of the exposed API. */
export function mainWorldScript(secret: string): void {
  const page = globalThis as unknown as PageGlobals
  page.addEventListener(
    secret,
    (event: { data: string; ports: Port[]; stopImmediatePropagation(): void }) => {
      event.stopImmediatePropagation()
      const port = event.ports[0]
      if (port === undefined) return
      const { key, shape } = JSON.parse(event.data) as { key: string; shape: unknown }
      const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
      const callbacks = new Map<number, (...args: unknown[]) => unknown>()
      const known = new WeakMap<object, number>()
      let serial = 0
      const wrap = (value: unknown): unknown => {
        if (typeof value !== 'function') return value
        const id = known.get(value) ?? ++serial
        known.set(value, id)
        callbacks.set(id, value as (...args: unknown[]) => unknown)
        return { $callback: id }
      }
      port.onmessage = ({ data }: { data: { call?: number; callback?: number; ok?: boolean; value?: unknown; args?: unknown[] } }) => {
        if (data.callback !== undefined) {
          callbacks.get(data.callback)?.(...(data.args ?? []))
          return
        }
        const promise = waiting.get(data.call ?? 0)
        waiting.delete(data.call ?? 0)
        if (data.ok === true) promise?.resolve(data.value)
        else promise?.reject(new Error(String(data.value)))
      }
      const build = (node: unknown, path: string[]): unknown => {
        if (node === '$function')
          return (...args: unknown[]) =>
            new Promise((resolve, reject) => {
              const call = ++serial
              waiting.set(call, { resolve, reject })
              port.postMessage({ call, path, args: args.map(wrap) })
            })
        if (node !== null && typeof node === 'object')
          return Object.freeze(Object.fromEntries(Object.entries(node).map(([name, child]) => [name, build(child, [...path, name])])))
        return node
      }
      Object.defineProperty(page, key, { value: build(shape, []), enumerable: true })
    },
    { capture: true }
  )
}

/** Runs in the isolated world: Electron's contextBridge and ipcRenderer over the binding, and the window's own events. */
export function isolatedWorldScript(secret: string, binding: string, codec: ReturnType<typeof createCodec>): (name: string) => unknown {
  const world = globalThis as unknown as PageGlobals & { document: { addEventListener: PageGlobals['addEventListener'] } }
  const post = (message: unknown): void => (world[binding] as (text: string) => void)(JSON.stringify(message))
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  const listeners = new Map<string, Set<(...args: unknown[]) => void>>()
  let serial = 0

  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const call = ++serial
        const encoded = args.map(codec.encode)
        waiting.set(call, { resolve, reject })
        post({ type: 'invoke', call, channel, args: encoded })
      }),
    send: (channel: string, ...args: unknown[]) => post({ type: 'send', channel, args: args.map(codec.encode) }),
    on(channel: string, listener: (...args: unknown[]) => void) {
      const set = listeners.get(channel) ?? new Set()
      listeners.set(channel, set.add(listener))
      return ipcRenderer
    },
    removeListener(channel: string, listener: (...args: unknown[]) => void) {
      listeners.get(channel)?.delete(listener)
      return ipcRenderer
    },
    removeAllListeners(channel: string) {
      listeners.delete(channel)
      return ipcRenderer
    }
  }

  const contextBridge = {
    exposeInMainWorld(key: string, api: Record<string, unknown>) {
      const shapeOf = (value: unknown): unknown => {
        if (typeof value === 'function') return '$function'
        if (value === null || typeof value !== 'object') return value
        return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, shapeOf(child)]))
      }
      const channel = new MessageChannel() as unknown as { port1: Port; port2: Port }
      channel.port1.onmessage = async ({ data }: { data: { call: number; path: string[]; args: unknown[] } }) => {
        const unwrap = (value: unknown): unknown => {
          const id = (value as { $callback?: number } | null)?.$callback
          return id === undefined ? value : (...args: unknown[]) => channel.port1.postMessage({ callback: id, args })
        }
        try {
          let target: unknown = api
          for (const name of data.path) target = (target as Record<string, unknown>)[name]
          const value = await (target as (...args: unknown[]) => unknown)(...data.args.map(unwrap))
          channel.port1.postMessage({ call: data.call, ok: true, value })
        } catch (error) {
          channel.port1.postMessage({ call: data.call, ok: false, value: error instanceof Error ? error.message : String(error) })
        }
      }
      const MessageEventHere = world['MessageEvent'] as new (type: string, init: object) => unknown
      world.dispatchEvent(new MessageEventHere(secret, { data: JSON.stringify({ key, shape: shapeOf(api) }), ports: [channel.port2] }))
    }
  }

  world['__receive'] = (message: { call?: number; ok?: boolean; value?: unknown; channel?: string; args?: unknown[] }) => {
    if (message.channel !== undefined) {
      for (const listener of listeners.get(message.channel) ?? []) listener({}, ...(message.args ?? []).map(codec.decode))
      return
    }
    const promise = waiting.get(message.call ?? 0)
    waiting.delete(message.call ?? 0)
    if (message.ok === true) promise?.resolve(codec.decode(message.value))
    else promise?.reject(codec.decode(message.value))
  }

  for (const name of ['focus', 'blur', 'resize', 'load']) world.addEventListener(name, () => post({ type: 'window', name }))
  world.document.addEventListener('DOMContentLoaded', () => post({ type: 'window', name: 'dom-ready' }))

  return (name: string) => {
    if (name !== 'electron') throw new Error(`module not found: ${name} (a sandboxed preload may only require electron)`)
    return { contextBridge, ipcRenderer }
  }
}
