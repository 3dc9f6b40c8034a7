/** Link previews: no page is fetched before the user enables them; then the page's metadata is sent along, and the receiver fetches nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { gradient } from '../support/pictures.ts'
import { startPages } from '../support/pages.ts'
import { messages, SERVER, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()
const width = (image: Locator): Promise<number> => image.evaluate((element: HTMLImageElement) => element.naturalWidth)
/** A picture that fits, with its message, into what every server takes. */
const SMALL_PICTURE = expect.stringMatching(/^data:image\/jpeg;base64,.{100,6000}$/)

test('link previews', async () => {
  const { bob, server } = story
  const tls = (name: string): Buffer => readFileSync(join(server.folder, SERVER === 'ejabberd' && name === 'localhost.key' ? 'key.pem' : name))
  const head =
    '<title>no</title><meta property="og:title" content="黄山三日徒步路线 · Three days on Huangshan"><meta property="og:description" content="从温泉到光明顶，含住宿、补给与撤退点"><meta property="og:site_name" content="山野地图"><meta property="og:image" content="/cover.png">'
  const pages = await startPages(
    { key: tls('localhost.key'), cert: tls('localhost.crt') },
    {
      '/huangshan': { type: 'text/html; charset=utf-8', body: `<head>${head}</head>` },
      '/night': {
        type: 'text/html; charset=utf-8',
        body: '<title>夜爬装备清单</title><meta name="twitter:image" content="/cover.png">'
      },
      '/cover.png': { type: 'image/png', body: gradient(1200, 630, [120, 180, 220], [40, 90, 80]) }
    }
  )
  const link = `${pages.origin}/huangshan`
  const other = `${pages.origin}/night`
  try {
    const main = await story.open()
    const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
    await bob.messages.send(toAlice.id, '周末去哪')
    await main.locator('[data-jid="bob@localhost"]').click()
    const row = (text: string) => main.locator('.row', { hasText: text }).last()
    await row('周末去哪').waitFor()

    // encrypted messages carry no previews
    await main.keyboard.press('Control+,')
    const privacy = await story.app.window('settings')
    await privacy.locator('[data-test=switch-auto-encrypt]').click()
    await privacy.locator('[data-test=switch-auto-encrypt][data-state=unchecked]').waitFor()
    await privacy.close()

    // while previews are off, no page is fetched
    await main.fill('[data-test=composer]', `这里 ${link}`)
    await main.keyboard.press('Enter')
    await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text.startsWith('这里')))
    expect(pages.asked).toEqual([])

    await main.keyboard.press('Control+,')
    const settings = await story.app.window('settings')
    await settings.locator('[data-test=switch-link-previews]').click()
    await settings.locator('[data-test=switch-link-previews][data-state=checked]').waitFor()
    await settings.close()

    // the preview is shown before it is sent
    await main.fill('[data-test=composer]', `还是这里吧 ${link}，怎么样？`)
    await main.locator('[data-test=writing-link]', { hasText: '黄山三日徒步路线' }).waitFor()
    expect(await width(main.locator('[data-test=writing-link] img'))).toBeGreaterThan(64)
    await screenshot(main, 'link-writing')
    expect(await violations(main)).toEqual([])
    await main.keyboard.press('Enter')
    const own = row('还是这里吧').locator('[data-test=link-card]', { hasText: '光明顶' })
    await expect.poll(() => width(own.locator('img'))).toBeGreaterThan(64)
    const got = await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ link: said }) => said !== null))
    expect(got.link).toEqual({
      url: link,
      title: '黄山三日徒步路线 · Three days on Huangshan',
      description: '从温泉到光明顶，含住宿、补给与撤退点',
      site: '山野地图',
      image: SMALL_PICTURE
    })

    // the preview is removed for this message
    await main.fill('[data-test=composer]', `再发一次 ${link}`)
    await main.locator('[data-test=writing-link]').waitFor()
    await main.click('[data-test=no-card]')
    await main.locator('[data-test=writing-link]').waitFor({ state: 'detached' })
    await main.locator('[data-test=composer]').press('Enter')
    expect((await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text.startsWith('再发')))).link).toBeNull()

    // a received preview is shown as its sender described it, with the picture that came with it
    const asked = pages.asked.length
    const image = `data:image/png;base64,${gradient(60, 40, [120, 180, 220], [40, 90, 80]).toString('base64')}`
    await bob.messages.send(toAlice.id, `好，${link} 我也看了`, { link: { url: link, title: '看过的路线', description: '', site: '', image } })
    const received = row('我也看了').locator('[data-test=link-card]', { hasText: '看过的路线' })
    await expect.poll(() => width(received.locator('img'))).toBe(60)
    await screenshot(main, 'link-cards')
    await main.emulateMedia({ colorScheme: 'dark' })
    await screenshot(main, 'link-cards-dark')
    expect(pages.asked.length).toBe(asked)

    // where all devices support it, a preview is sent with an encrypted message: it is fetched again
    await main.fill('[data-test=composer]', `只给你看 ${other}`)
    const card = main.locator('[data-test=writing-link]', { hasText: '夜爬装备清单' })
    await card.waitFor()
    await main.click('[data-test=lock][data-state=off]')
    await main.locator('[data-test=lock][data-state=on]').waitFor()
    await card.waitFor()
    await main.locator('[data-test=composer]').press('Enter')
    const secret = await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text.startsWith('只给你看')))
    expect(secret).toMatchObject({ encrypted: true, link: { url: other, title: '夜爬装备清单', image: SMALL_PICTURE } })
  } finally {
    pages.close()
  }
})
