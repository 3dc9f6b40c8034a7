/** The folder of the repacked Electron (dist/electron) and of SQLite built for it; it may not be there. */
export function repackFolder(): string
/** Sees to it that there is an Electron; whether one could be had. */
export function electron(): Promise<boolean>
