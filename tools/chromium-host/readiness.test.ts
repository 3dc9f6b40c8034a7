import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { madeWhenReady, usedWhenReady } from './electron/readiness.ts'

let ready = false
const isReady = (): boolean => ready

class Counter extends EventEmitter {
  static readonly kind = 'counter'
  #count = 0
  next(): number {
    return ++this.#count
  }
}

test('nothing can be created or used before the app is ready', () => {
  ready = false
  const Guarded = madeWhenReady('Counter', Counter, isReady)
  const module = usedWhenReady('counter', new Counter(), isReady)
  expect(Guarded.kind).toBe('counter')
  expect(() => new Guarded()).toThrow(/'Counter'.*before the app 'ready'/)
  expect(() => module.next()).toThrow(/'counter'.*before the app 'ready'/)
  ready = true
  const made = new Guarded()
  expect(made).toBeInstanceOf(Guarded)
  expect(made.next()).toBe(1)
  expect(module.next() + module.next()).toBe(3)
})

test('calls that belong before readiness are refused after it', () => {
  const module = usedWhenReady('protocol', { declare: () => 'declared', handle: () => 'handled' }, isReady, ['declare'])
  ready = false
  expect(module.declare()).toBe('declared')
  expect(() => module.handle()).toThrow(/before the app 'ready'/)
  ready = true
  expect(module.handle()).toBe('handled')
  expect(() => module.declare()).toThrow(/should be called before app is ready/)
})
