/** The log as the engine sees it. Lines hold no text of messages and no secrets; writing one never throws. */
export interface Log {
  info(message: string): void
  warn(message: string): void
}
