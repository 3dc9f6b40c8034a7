/** Folder of the repacked Electron (dist/electron) and of SQLite built for it; it may not exist. */
export function repackFolder(): string
/** Ensures that an Electron is installed; returns whether one is available. */
export function electron(): Promise<boolean>
