import { expect, test } from 'vitest'
import { linksTo } from './web-links.ts'

test.each([
  ['see https://example.org/a?b=1#c.', 'https://example.org/a?b=1#c', true],
  ['https://example.org', 'https://example.org/', true],
  ['（https://例子.中国/路）', 'https://例子.中国/路', true],
  ['https://paypal.com/signin', 'https://paypal.co', false],
  ['https://paypal.com/signin', 'https://paypal.com/', false],
  ['https://example.org@evil.org/', 'https://example.org', false],
  ['no link to example.org', 'https://example.org', false],
  ['https://example.org', 'javascript:alert(1)', false],
  ['', '', false]
])('%j links to %s: %s', (text, url, expected) => {
  expect(linksTo(text, url)).toBe(expected)
})
