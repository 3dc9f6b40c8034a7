/** What is slow the first time alone is done before somebody opens a conversation. */
import { isEmojiOnly } from './text-parts.ts'
import { prepareTimes } from './use-time.ts'

export const prepare = (locale: string): Promise<void> =>
  new Promise((resolve) =>
    requestIdleCallback(
      () => {
        isEmojiOnly('👍')
        prepareTimes(locale)
        resolve()
      },
      // a page that is not seen is idle at long intervals
      { timeout: 1000 }
    )
  )
