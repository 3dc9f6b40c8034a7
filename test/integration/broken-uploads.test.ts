/** Uploads to a server whose connections break: they restart automatically and arrive complete. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cuttingProxy } from '../support/proxies.ts'
import { Devices, messages, SERVER, startServer, until, type TestServer } from '../support/server.ts'

const CUT = 400_000
let server: TestServer
const cuts: number[] = []
let proxy: Awaited<ReturnType<typeof cuttingProxy>>
const devices = new Devices()
beforeAll(async () => {
  proxy = await cuttingProxy(cuts)
  server = await startServer({ filesPort: proxy.port })
  proxy.target = server.webPort
})
afterAll(async () => {
  await devices.end()
  await server.stop()
  proxy.close()
})

test.runIf(SERVER === 'prosody').each([
  ['as it is', 'alice', false],
  ['encrypted', 'carol', true]
])('an upload that breaks off twice succeeds with a new slot each time, %s', async (_, user, secret) => {
  const [sender, bob] = [await devices.signIn(server, user, secret), await devices.signIn(server, 'bob', secret)]
  const conversation = await sender.conversations.start('bob@localhost', 'direct', null)
  const content = randomBytes(1_500_000)
  const name = `film-${String(secret)}.bin`
  const seen: number[] = []
  sender.media.on('progress', (files) => seen.push(...[...files.values()].map(({ done }) => done)))
  const token = sender.media.staging.begin({ name, bytes: content.length, type: '' })
  for (let at = 0; at < content.length; at += 2 ** 20) await sender.media.staging.append(token, content.subarray(at, at + 2 ** 20))
  cuts.push(CUT, CUT)
  await sender.messages.sendFile(conversation.id, token)
  await sender.messages.send(conversation.id, `after ${name}`)

  const file = await until(bob, async () => {
    const files = (await messages(bob, `${user}@localhost`)).flatMap(({ attachments }) => attachments)
    return files.find((one) => one.name === name && one.where === 'here')
  })
  expect(readFileSync((await bob.files.attachment(file.id))?.path ?? '')).toEqual(content)
  expect(cuts).toEqual([])
  expect(Math.max(...seen)).toBe(content.length)
  // it was restarted: its progress went back
  expect(seen.filter((done, i) => done < (seen[i - 1] ?? 0))).toHaveLength(2)
  await until(bob, async () => (await messages(bob, `${user}@localhost`)).some(({ text }) => text === `after ${name}`))
  const order = (await messages(bob, `${user}@localhost`)).map(({ text, attachments }) => attachments[0]?.name ?? text)
  expect(order.indexOf(name)).toBeLessThan(order.indexOf(`after ${name}`))
})
