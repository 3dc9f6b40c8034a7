import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepTo } from './list-step.ts'

test('arrow keys reach every row and stay within the list; Home and End reach its ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.constantFrom('ArrowDown', 'ArrowUp', 'Home', 'End')), (count, pressed) => {
      let at = 0
      for (const key of pressed) {
        const to = stepTo(key, at, count)
        expect(to).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThan(count)
        expect(Math.abs((to ?? 0) - at)).toBeLessThanOrEqual(key.startsWith('Arrow') ? 1 : count)
        at = to ?? at
      }
      expect(stepTo('Home', at, count)).toBe(0)
      expect(stepTo('End', at, count)).toBe(count - 1)
    })
  )
})

test.each(['a', 'Enter', 'Escape', 'Tab'])('%s moves nothing', (key) => expect(stepTo(key, 0, 3)).toBeNull())
test('an empty list has nowhere to go', () => expect(stepTo('ArrowDown', -1, 0)).toBeNull())
