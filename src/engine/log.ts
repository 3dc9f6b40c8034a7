/** Log interface of the engine. Lines hold no message texts and no secrets; writing never throws. */
export interface Log {
  info(message: string): void
  warn(message: string): void
}
