import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ImportedIds } from './imported-ids.ts'

test('ids come out as they went in, in any order and however far apart', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.oneof(fc.nat(1000), fc.maxSafeNat()))), (batches) => {
      const ids = new ImportedIds()
      for (const batch of batches) ids.add(batch)
      expect(ids.all()).toEqual(batches.flat())
      expect(ids.length).toBe(batches.flat().length)
    })
  )
})
