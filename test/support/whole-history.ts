/** Complete content of a history file, as its reader returns it. */
import { FOUND, type ParsedMessage } from '../../src/engine/history-files/history.ts'
import { readHistory } from '../../src/engine/history-files/read.ts'

export interface WholeHistory {
  format: string
  self: string | null
  /** Messages by conversation name. */
  conversations: Record<string, ParsedMessage[]>
  ids: (string | null)[]
  notices: number
  unread: string[]
  /** Contents of the included files, by source. */
  files: Record<string, string>
}

export async function wholeHistory(path: string, password: string | null = null): Promise<WholeHistory> {
  const { history, open, close } = await readHistory(path, null, { ...FOUND, password })
  const found: WholeHistory = { format: history.format, self: history.self, conversations: {}, ids: [], notices: 0, unread: [], files: {} }
  let current: ParsedMessage[] = []
  const seen = new Set<unknown>()
  await history.read({
    conversation(head) {
      current = found.conversations[head.name] ??= []
      if (!seen.has(head)) found.ids.push(head.id)
      seen.add(head)
    },
    message: (message) => void current.push(message),
    notice: () => void found.notices++,
    unread: (kind, line) => void found.unread.push(`${kind}: ${line}`),
    rest: () => Promise.resolve()
  })
  for (const { source } of Object.values(found.conversations)
    .flat()
    .flatMap(({ files = [] }) => files)) {
    const stream = source === null ? null : await open(source)
    if (source !== null && stream !== null) found.files[source] = (await stream.toArray()).join('')
  }
  close()
  return found
}
