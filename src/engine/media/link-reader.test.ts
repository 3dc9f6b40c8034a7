import { afterAll, beforeAll, expect, test } from 'vitest'
import { selfSigned } from '../../../test/support/certificate.ts'
import { startPages, type WebPage } from '../../../test/support/pages.ts'
import { gradient } from '../../../test/support/pictures.ts'
import type { LinkPreview } from '../../contract/domain.ts'
import type { PrivateAccess } from '../net/http.ts'
import { readLink } from './link-reader.ts'

const html = (head: string, type = 'text/html; charset=utf-8'): WebPage => ({
  type,
  body: `<!doctype html><html><head>${head}</head><body><title>not this</title>${'x'.repeat(2_000_000)}</body></html>`
})
/** 「黄山」 in the encoding of an old page. */
const GBK = Buffer.concat([Buffer.from('<meta charset="gb2312"><title>'), Buffer.from([0xbb, 0xc6, 0xc9, 0xbd]), Buffer.from('</title></head>')])

const PICTURE = gradient(60, 40, [120, 180, 220], [40, 90, 80])
const pictured = (address: string): WebPage => html(`<title>t</title><meta property="og:image" content="${address}">`)
/** A picture's head that tells of more pixels than fit in the memory. */
const huge = Buffer.from(PICTURE)
huge.writeUInt32BE(60_000, 16)
huge.writeUInt32BE(60_000, 20)

let pages: Awaited<ReturnType<typeof startPages>>
let trustedFingerprint = ''
beforeAll(async () => {
  const { key, cert, fingerprint } = selfSigned()
  trustedFingerprint = fingerprint
  pages = await startPages(
    { key, cert },
    {
      '/graph': html(
        '<title>plain</title><meta property="og:title" content="黄山 &amp; 云海\n  三日"><meta property="og:description" content="About it"><meta property="og:site_name" content="山野"><meta name="description" content="not this">'
      ),
      '/plain': html('<title>Only a\u202e title</title><meta name="description" content="and its description">'),
      '/gbk': { type: 'text/html', body: GBK },
      '/odd': html('<title>a&#xFFFF;b&#xD800;c</title>'),
      '/silent': html('<meta name="viewport" content="x">'),
      '/picture': { type: 'image/png', body: 'x' },
      '/endless': { type: 'text/html', body: `<head><title>t</title><!--${'x'.repeat(4_000_000)}` },
      '/long': html(`<title>${'长'.repeat(5000)}</title>`),
      '/elsewhere': { type: '', body: '', redirect: '/plain' },
      '/unencrypted': { type: '', body: '', redirect: 'http://localhost/' },
      '/round': { type: '', body: '', redirect: '/round' },
      '/pictured/absolute': pictured('https://localhost:PORT/photo.png'),
      '/pictured/relative': pictured('../photo.png?a=1&amp;b=2'),
      '/pictured/moved': { type: '', body: '', redirect: '/deep/er/relative' },
      '/deep/er/relative': pictured('photo.png'),
      '/deep/er/photo.png': { type: 'image/png', body: PICTURE },
      '/pictured/unencrypted': pictured('http://localhost:PORT/photo.png'),
      '/pictured/gone': pictured('/gone.png'),
      '/pictured/drawing': pictured('/drawing.svg'),
      '/pictured/page': pictured('/plain'),
      '/pictured/huge': pictured('/huge.png'),
      '/pictured/heavy': pictured('/heavy.png'),
      '/pictured/odd': pictured('https://['),
      '/photo.png': { type: 'application/octet-stream', body: PICTURE },
      '/photo.png?a=1&b=2': { type: 'image/png', body: PICTURE },
      '/drawing.svg': { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' },
      '/huge.png': { type: 'image/png', body: huge },
      '/heavy.png': { type: 'image/png', body: Buffer.concat([PICTURE, Buffer.alloc(6_000_000)]) }
    }
  )
  for (const page of Object.values(pages.pages)) if (typeof page.body === 'string') page.body = page.body.replace('PORT', new URL(pages.origin).port)
})
afterAll(() => {
  pages.close()
})
const read = (path: string, privateAccess: PrivateAccess = 'any'): Promise<LinkPreview | null> =>
  readLink(`${pages.origin}${path}`, { trustedFingerprint, privateAccess, proxy: null }, new AbortController().signal)

test('metadata of a page comes from OpenGraph, or from HTML', async () => {
  expect(await read('/graph')).toEqual({
    link: { url: `${pages.origin}/graph`, title: '黄山 & 云海 三日', description: 'About it', site: '山野' },
    picture: null
  })
  expect(await read('/plain')).toMatchObject({ link: { title: 'Only a title', description: 'and its description', site: '' } })
  expect(await read('/gbk')).toMatchObject({ link: { title: '黄山' } })
  // characters that XML cannot carry
  expect((await read('/odd'))?.link.title).toMatch(/^a.?b.?c$/)
  expect((await read('/odd'))?.link.title).not.toContain('\uffff')
  expect(await read('/elsewhere')).toMatchObject({ link: { url: `${pages.origin}/elsewhere`, title: 'Only a title' } })
})

test('a response that is no page, has no metadata or does not end gives no card; long texts are cut', async () => {
  for (const path of ['/silent', '/picture']) expect(await read(path)).toBeNull()
  expect(await read('/endless')).toMatchObject({ link: { title: 't' } })
  expect((await read('/long'))?.link.title).toHaveLength(200)
  for (const path of ['/nothing', '/unencrypted', '/round']) await expect(read(path)).rejects.toThrow()
})

test('addresses of one’s own network are not asked', async () => {
  const before = pages.asked.length
  await expect(read('/graph', 'none')).rejects.toThrow('private network')
  expect(pages.asked).toHaveLength(before)
})

test("a page's picture is fetched with it, wherever the page was moved to", async () => {
  const picture = { type: 'image/png', base64: PICTURE.toString('base64') }
  for (const path of ['/pictured/absolute', '/pictured/relative', '/pictured/moved']) expect([path, (await read(path))?.picture]).toEqual([path, picture])
})

test('a picture that is unencrypted, missing, heavy, no picture or larger than the memory is left out, and the card is sent without it', async () => {
  for (const path of ['unencrypted', 'gone', 'drawing', 'page', 'huge', 'heavy', 'odd'])
    expect([path, await read(`/pictured/${path}`)]).toMatchObject([path, { link: { title: 't' }, picture: null }])
})
