/** Contact cards received as files: shown with names, numbers and addresses, with a button to write to XMPP addresses. */
import { expect, test } from 'vitest'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()

test('contact cards of a phone and of an address book', async () => {
  const { bob } = story
  const main = await story.open()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  const send = async (name: string, lines: string[]): Promise<void> => {
    const content = Buffer.from(['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n'))
    const token = bob.media.staging.begin({ name, bytes: content.length, type: 'text/vcard' })
    await bob.media.staging.append(token, content)
    await bob.messages.sendFile(toAlice.id, token)
  }
  const quoted = [...Buffer.from('韩梅梅')].map((byte) => `=${byte.toString(16).toUpperCase()}`).join('')
  await send('han.vcf', ['VERSION:2.1', `FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${quoted}`, 'TEL;CELL:138 0013 8000'])
  await send('carol.vcf', [
    'VERSION:4.0',
    'FN:Carol 陈',
    'ORG:山野户外',
    'TEL;VALUE=uri:tel:+86-10-5555-0100',
    'EMAIL:a.very.long.mail.address.of.carol.chen.in.the.mountains@mail.example.org',
    'IMPP:xmpp:carol@localhost'
  ])
  await main.locator('[data-jid="bob@localhost"]').click()
  const cards = main.locator('[data-test=contact-file]')
  await cards.filter({ hasText: '韩梅梅' }).filter({ hasText: '138 0013 8000' }).waitFor()
  const carol = cards.filter({ hasText: 'Carol 陈' })
  await carol.filter({ hasText: '山野户外' }).filter({ hasText: 'carol@localhost' }).waitFor()
  expect(await carol.locator('a[href^="tel:"]').getAttribute('href')).toBe('tel:+861055550100')
  await screenshot(main, 'contact-files')
  expect(await violations(main)).toEqual([])
  await main.emulateMedia({ colorScheme: 'dark' })
  await screenshot(main, 'contact-files-dark')
  await main.emulateMedia({ colorScheme: 'light' })
  // an added contact gets the name on the card; a contact is not offered to be added again
  await send('dora.vcf', ['VERSION:3.0', 'FN:朵拉 Dora', 'IMPP;X-SERVICE-TYPE=XMPP:xmpp:dora@localhost'])
  const dora = cards.filter({ hasText: '朵拉 Dora' })
  await dora.locator('[data-test=contact-add]').click()
  await dora.locator('[data-test=contact-added]').waitFor()
  await main.locator('.item[data-jid="dora@localhost"] .name', { hasText: '朵拉 Dora' }).waitFor()
  await screenshot(main, 'contact-added')
  expect(await violations(main)).toEqual([])
  expect(await carol.locator('[data-test=contact-add]').count()).toBe(0)
  await carol.locator('[data-test=contact-write]').click()
  await expect.poll(() => main.locator('.dialog input:visible').first().inputValue()).toContain('carol@localhost')
})
