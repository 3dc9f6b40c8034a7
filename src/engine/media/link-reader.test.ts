import { afterAll, beforeAll, expect, test } from 'vitest'
import { selfSigned } from '../../../test/support/certificate.ts'
import { startPages, type WebPage } from '../../../test/support/pages.ts'
import type { LinkMetadata } from '../../contract/domain.ts'
import type { PrivateAccess } from '../net/http.ts'
import { readLink } from './link-reader.ts'

const html = (head: string, type = 'text/html; charset=utf-8'): WebPage => ({
  type,
  body: `<!doctype html><html><head>${head}</head><body><title>not this</title>${'x'.repeat(2_000_000)}</body></html>`
})
/** 「黄山」 in the encoding of an old page. */
const GBK = Buffer.concat([Buffer.from('<meta charset="gb2312"><title>'), Buffer.from([0xbb, 0xc6, 0xc9, 0xbd]), Buffer.from('</title></head>')])

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
      '/round': { type: '', body: '', redirect: '/round' }
    }
  )
})
afterAll(() => {
  pages.close()
})
const read = (path: string, privateAccess: PrivateAccess = 'any'): Promise<LinkMetadata | null> =>
  readLink(`${pages.origin}${path}`, { trustedFingerprint, privateAccess, proxy: null }, new AbortController().signal)

test('metadata of a page comes from OpenGraph, or from HTML', async () => {
  expect(await read('/graph')).toEqual({ url: `${pages.origin}/graph`, title: '黄山 & 云海 三日', description: 'About it', site: '山野' })
  expect(await read('/plain')).toMatchObject({ title: 'Only a title', description: 'and its description', site: '' })
  expect(await read('/gbk')).toMatchObject({ title: '黄山' })
  // characters that XML cannot carry
  expect((await read('/odd'))?.title).toMatch(/^a.?b.?c$/)
  expect((await read('/odd'))?.title).not.toContain('\uffff')
  expect(await read('/elsewhere')).toMatchObject({ url: `${pages.origin}/elsewhere`, title: 'Only a title' })
})

test('a response that is no page, has no metadata or does not end gives no card; long texts are cut', async () => {
  for (const path of ['/silent', '/picture']) expect(await read(path)).toBeNull()
  expect(await read('/endless')).toMatchObject({ title: 't' })
  expect((await read('/long'))?.title).toHaveLength(200)
  for (const path of ['/nothing', '/unencrypted', '/round']) await expect(read(path)).rejects.toThrow()
})

test('addresses of one’s own network are not asked', async () => {
  const before = pages.asked.length
  await expect(read('/graph', 'none')).rejects.toThrow('private network')
  expect(pages.asked).toHaveLength(before)
})
