import { expect, test } from 'vitest'
import type { Message } from '../../contract/domain.ts'
import { quotations } from '../../engine/xmpp/stanzas/styling.ts'
import { mergedForward } from './merged-forward.ts'

const message = (senderName: string, text: string, files: string[] = []): Message =>
  ({ senderName, text, time: new Date(2026, 10, 25, 3, 58).getTime(), attachments: files.map((name) => ({ name })) }) as unknown as Message

test('a merged forward is parsed back into its messages, with code, quotations and blank lines', () => {
  const code = '看这里：\n```\n*not bold*\n\n> 1\n```'
  const text = quotations([message('Bob', '早上好！'), message('王*芳*', `> 上周\n同意\n\n${code}`), message('Eve', '', ['a.png'])])
  expect(mergedForward(text)).toEqual([
    { sender: 'Bob', time: '2026-11-25 03:58', text: '早上好！' },
    { sender: '王*芳*', time: '2026-11-25 03:58', text: `> 上周\n同意\n\n${code}` },
    { sender: 'Eve', time: '2026-11-25 03:58', text: '[a.png]' }
  ])
})

test('a plain quotation, and one with other text beside it, is no merged forward', () => {
  const one = quotations([message('Bob', 'hi')])
  for (const text of ['', '> hi', '> *Bob* said', 'see:\n' + one, one + '\nand I say', one + '\n\nand I say', one + '\n\n', '> *Bob* 2026-11-25 03:58 or so'])
    expect(mergedForward(text), text).toBeNull()
})
