import { expect, test } from 'vitest'
import { personColour } from '../renderer/composables/person-colour.ts'
import { address, CAST, GROUPS, room, YOU } from './cast.ts'

test('everybody in the demo, and each group, has a colour of their own', () => {
  const faces = [...CAST.map(({ user }) => address(user)), address(YOU.user), ...GROUPS.map(({ user }) => room(user))]
  expect(new Set(faces.map(personColour)).size).toBe(faces.length)
})
