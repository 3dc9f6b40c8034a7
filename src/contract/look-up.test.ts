import { expect, test } from 'vitest'
import { lookUp } from './look-up.ts'

test("look-up finds only a table's own keys", () => {
  const table: Record<string, number> = { one: 1 }
  expect(lookUp(table, 'one')).toBe(1)
  for (const inherited of ['constructor', '__proto__', 'toString', 'hasOwnProperty', '']) expect(lookUp(table, inherited)).toBeUndefined()
  expect(lookUp(Object.fromEntries([['__proto__', 2]]), '__proto__')).toBe(2)
})
