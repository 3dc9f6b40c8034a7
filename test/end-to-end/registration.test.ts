/** Registering an account in the app: by a server's form, with a captcha, by invitation; and servers that do not allow it. */
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { Jid } from '../../src/contract/domain.ts'
import type { RunningApp } from '../../tools/start/drive.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'
import { gradient } from '../support/pictures.ts'
import { Devices, startServer, testFolder, until, type ServerOptions, type TestServer } from '../support/server.ts'
import { openApp, screenshot, stillness, violations } from '../support/windows.ts'

const FOLDER = join(import.meta.dirname, '../support/prosody')
const OPEN: ServerOptions = {
  modules: { names: ['register_ibr'], folder: FOLDER },
  settings: 'allow_registration = true\nmin_seconds_between_registrations = 0'
}
const INVITING: ServerOptions = {
  modules: { names: ['invites', 'invites_adhoc', 'invites_register'], folder: FOLDER },
  settings: 'allow_registration = true\nallow_user_invites = true'
}

let app: RunningApp | null = null
afterEach(async () => {
  await app?.kill()
  app = null
})

async function freshApp(args: string[] = []): Promise<Page> {
  const folder = testFolder()
  onTestFinished(() => folder.remove())
  app = await openApp({ profile: folder.path, args, env: { LANG: 'zh_CN.UTF-8' } })
  return app.window('main')
}
async function serverOf(options: ServerOptions): Promise<TestServer> {
  const server = await startServer(options)
  onTestFinished(() => server.stop())
  return server
}
/** Enters the location of a home server, as its user does. */
async function point(page: Page, where: string, { port }: { port: number }): Promise<void> {
  await page.fill('[name=server]', where)
  await page.click('.create summary')
  await page.fill('[name=host]', '127.0.0.1')
  await page.fill('[name=port]', String(port))
}
const trust = (page: Page): Promise<void> => page.click('.dialog .choice-buttons .button:not(.primary)')

test('an account is registered on a public server, from its form to the first conversation', async () => {
  const server = await serverOf(OPEN)
  const page = await freshApp()
  await page.click('[data-test=create-account]')
  await page.locator('[data-server]').first().waitFor()
  await stillness(page)
  await screenshot(page, 'register-servers')
  expect(await violations(page)).toEqual([])
  // a text that is no server is reported as such
  await page.fill('[name=server]', 'https://example.org/')
  await page.click('[data-test=register-next]')
  await page.locator('.error-text', { hasText: '邀请链接' }).waitFor()
  await point(page, 'localhost', server)
  await page.click('[data-test=register-next]')
  await page.locator('.dialog code', { hasText: server.fingerprint }).waitFor()
  await trust(page)
  await page.locator('[name=username]').waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('username')
  // going back, the server is still entered
  await page.click('[data-test=register-back]')
  expect(await page.inputValue('[name=server]')).toBe('localhost')
  await page.click('[data-test=register-next]')
  // the name bob is taken
  await page.fill('[name=username]', 'bob')
  await page.fill('[name=password]', 'a long secret')
  await page.click('[data-test=register-submit]')
  await page.locator('.error-text', { hasText: '已被使用' }).waitFor()
  await stillness(page)
  await screenshot(page, 'register-taken')
  expect(await violations(page)).toEqual([])
  // of a whole address, the local part counts
  await page.fill('[name=username]', 'newcomer@localhost')
  await page.keyboard.press('Enter')
  await page.locator('.side').waitFor()
  await page.locator('.banner').waitFor({ state: 'detached' })
  await page.click('[data-test=new]')
  await page.click('[data-test=own-card]')
  await page.locator('.dialog strong', { hasText: 'newcomer@localhost' }).waitFor()
  await page.locator('.dialog .end-buttons .button').click()
  // this server creates no invitations
  await page.click('[data-test=invite]')
  await page.locator('[data-link="xmpp:newcomer@localhost"]').waitFor()
  await page.keyboard.press('Escape')
})

test('a server without registration is reported; another one is asked instead, and the request can be cancelled', async () => {
  const server = await serverOf({})
  const page = await freshApp()
  await page.click('[data-test=create-account]')
  await point(page, 'localhost', server)
  await page.click('[data-test=register-next]')
  await page.locator('.dialog code', { hasText: server.fingerprint }).waitFor()
  await trust(page)
  await page.locator('.error-text', { hasText: '不允许通过应用注册' }).waitFor()
  await screenshot(page, 'register-none')
  await page.fill('[name=port]', '1')
  await page.click('[data-test=register-next]')
  await page.locator('.error-text', { hasText: '拒绝连接' }).waitFor()
  // to the sign-in
  await page.click('[data-test=register-back]')
  await page.locator('[name=address]').waitFor()
})

const captchaForm = (picture: string): string =>
  `<query xmlns='jabber:iq:register'><instructions>Fill in the form</instructions><x xmlns='jabber:x:data' type='form'>
  <title>Registration</title><instructions>One account per person.</instructions>
  <field type='hidden' var='FORM_TYPE'><value>urn:xmpp:captcha</value></field><field type='hidden' var='challenge'><value>c1</value></field>
  <field type='text-single' label='User' var='username'><required/></field><field type='text-private' var='password'><required/></field>
  <field type='list-single' var='colour' label='Favourite colour'><option label='Red'><value>r</value></option><option label='Blue'><value>b</value></option><value>b</value></field>
  <field type='boolean' var='terms' label='I accept the terms of use'><required/></field>
  <field type='text-single' label='Enter the text you see' var='ocr'><required/><media xmlns='urn:xmpp:media-element'><uri type='image/png'>cid:sha1+x@bob.xmpp.org</uri></media></field>
  </x><data xmlns='urn:xmpp:bob' cid='sha1+x@bob.xmpp.org' type='image/png' max-age='0'>${picture}</data></query>`

/** A server with a captcha: the word is 'owl' the first time, then 'fox'. */
function asking(server: HostileServer, handed: string[]): void {
  let asked = 0
  const picture = gradient(160, 48, [240, 240, 240], [90, 120, 200]).toString('base64')
  server.answer = ({ id, xml }) => {
    if (!xml.includes('jabber:iq:register')) return null
    if (!xml.includes("type='submit'") && !xml.includes('type="submit"')) {
      asked++
      return `<iq type='result' id='${id}'>${captchaForm(picture)}</iq>`
    }
    handed.push(xml)
    return xml.includes('fox') && asked > 1
      ? `<iq type='result' id='${id}'/>`
      : `<iq type='error' id='${id}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>The CAPTCHA verification has failed &lt;b&gt;</text></error></iq>`
  }
}

test('a captcha is shown and solved; after a wrong answer there is a new one, and the other fields are kept', async () => {
  const server = await hostileServer()
  onTestFinished(() => server.close())
  const handed: string[] = []
  asking(server, handed)
  const page = await freshApp()
  await page.click('[data-test=create-account]')
  await point(page, 'evil.example', { port: server.settings.port ?? 0 })
  await page.check('[value=direct-tls]')
  await page.click('[data-test=register-next]')
  await page.locator('.dialog code').waitFor()
  await trust(page)
  const captcha = page.locator('[data-test=captcha]')
  await captcha.waitFor()
  await expect.poll(() => captcha.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(160)
  await page.fill('[name=username]', 'alice')
  await page.fill('[name=password]', 'a long secret')
  await page.selectOption('[name=colour]', 'r')
  await page.check('[name=terms]')
  await page.fill('[name=ocr]', 'owl')
  await page.click('[data-test=show-password]')
  await stillness(page)
  await screenshot(page, 'register-captcha')
  expect(await violations(page)).toEqual([])
  await page.click('[data-test=register-submit]')
  await page.locator('.error-text', { hasText: 'The CAPTCHA verification has failed <b>' }).waitFor()
  await expect.poll(() => page.inputValue('[name=ocr]')).toBe('')
  expect(await page.inputValue('[name=password]')).toBe('a long secret')
  expect(await page.inputValue('[name=colour]')).toBe('r')
  expect(await page.isChecked('[name=terms]')).toBe(true)
  await screenshot(page, 'register-captcha-again')
  await page.fill('[name=ocr]', 'fox')
  await page.click('[data-test=register-submit]')
  await page.locator('.side').waitFor()
  expect(handed).toHaveLength(2)
  expect(handed[1]).toMatch(/var="challenge"[^>]*><value>c1</)
  expect(handed[1]).toMatch(/var="terms"[^>]*><value>1</)
})

test('an opened invitation registers an account; its sender is a contact and is shown', async () => {
  const server = await serverOf(INVITING)
  const devices = new Devices()
  onTestFinished(() => devices.end())
  const alice = await devices.signIn(server, 'alice')
  const invitation = await alice.registrations.invite('alice@localhost' as Jid)
  const page = await freshApp([invitation?.uri ?? ''])
  // the link alone does not contain the location of a home server
  await page.locator('.error-text').waitFor()
  await page.click('.create summary')
  await page.fill('[name=host]', '127.0.0.1')
  await page.fill('[name=port]', String(server.port))
  await page.click('[data-test=register-next]')
  await page.locator('.dialog code', { hasText: server.fingerprint }).waitFor()
  await trust(page)
  await page.locator('.create', { hasText: 'alice@localhost' }).waitFor()
  await page.fill('[name=username]', 'guest')
  await page.fill('[name=password]', 'a long secret')
  await screenshot(page, 'register-invited')
  await page.click('[data-test=register-submit]')
  await page.locator('.side').waitFor()
  await page.locator('[data-jid="alice@localhost"].selected').waitFor()
  await until(alice, async () => (await alice.store.read.contacts()).some(({ jid, subscription }) => jid === 'guest@localhost' && subscription === 'both'))
  // and invites others, too
  await page.click('[data-test=menu]')
  await page.click('[data-test=contacts-item]')
  await page.click('[data-test=contact-invite]')
  const code = page.locator('[data-test=invite-code]')
  await code.waitFor()
  expect(await code.getAttribute('data-link')).toMatch(/^xmpp:guest@localhost\?roster;preauth=[^;]+;ibr=y$/)
  await stillness(page)
  await screenshot(page, 'invite')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.locator('.dialog').waitFor({ state: 'detached' })
  // an invitation pasted into a new chat adds the contact without a request
  const bob = await devices.signIn(server, 'bob')
  const bobs = await bob.registrations.invite('bob@localhost' as Jid)
  await page.click('[data-test=new]')
  await page.fill('[data-test=who]', bobs?.uri ?? '')
  await page.locator('[data-test=address]', { hasText: 'bob@localhost' }).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.content header', { hasText: 'bob' }).waitFor()
  await until(bob, async () => (await bob.store.read.contacts()).some(({ jid, subscription }) => jid === 'guest@localhost' && subscription === 'both'))
  expect(bob.accounts.requests).toEqual([])
})
