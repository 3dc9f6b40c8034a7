/** Parts of Electron that exist only after, or only before, the app is ready; https://www.electronjs.org/docs/latest/api/app#event-ready */

const refuse = (name: string): never => {
  throw new Error(`The '${name}' module can't be used before the app 'ready' event`)
}

/** Wraps a class that cannot be instantiated before readiness; its static members are available at once. */
export function madeWhenReady<T extends abstract new (...args: never[]) => object>(name: string, type: T, isReady: () => boolean): T {
  return new Proxy(type, { construct: (target, args, newTarget) => (isReady() ? (Reflect.construct(target, args, newTarget) as object) : refuse(name)) })
}

/** Wraps a module that cannot be used before readiness, except the members in `before`, which are refused afterwards. */
export function usedWhenReady<T extends object>(name: string, module: T, isReady: () => boolean, before: readonly string[] = []): T {
  return new Proxy(module, {
    get(target, key) {
      const early = typeof key === 'string' && before.includes(key)
      if (early === isReady()) {
        if (early) throw new Error(`${name}.${key} should be called before app is ready`)
        refuse(name)
      }
      const value = Reflect.get(target, key) as unknown
      // private fields belong to the module, not to its proxy
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    }
  })
}
