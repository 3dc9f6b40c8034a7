import { expect, test } from 'vitest'
import { fuzz } from '../../../../test/fuzz/decoders.ts'

/** `npm run fuzz` runs longer, with another seed each time. */
test('any input is understood or refused', () => {
  let rounds = 400
  expect(fuzz(20261126, () => rounds-- > 0).findings).toEqual([])
})
