/**
 * Trial of a new version. It lasts from the installation until the first window has shown its list. A version that ended twice before that is
 * replaced by its predecessor, unless it has changed the store in a way that the predecessor cannot read.
 * All state is kept in `updates/` of the profile and read before anything of the new version can fail.
 */
import { closeSync, cpSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'

/** Failed starts after which the old version is restored. */
export const MOST_STARTS = 2

const Trial = z.object({
  from: z.string(),
  to: z.string(),
  /** Release notes for the user. */
  notes: z.string().nullable(),
  /** Number of the store's migrations that the old version knows. */
  schema: z.number().int(),
  /** Path of a copy of the old version, and its original path. On Windows the copy is the installer, which needs no path. */
  kept: z.string(),
  target: z.string().nullable(),
  /** Path of the new version, if it differs. */
  placed: z.string().nullable(),
  starts: z.number().int().min(0),
  /** Whether the new version has migrated the store. */
  migrated: z.boolean()
})
export type Trial = z.infer<typeof Trial>
const Refused = z.object({ version: z.string() })

export type StartKind =
  | { kind: 'usual' }
  /** One of the first starts of a new version. */
  | { kind: 'trial'; trial: Trial }
  /** The new version has failed to start; the old one is to be restored. */
  | { kind: 'return'; trial: Trial }

export class Trials {
  readonly #folder: string
  readonly #file: string
  readonly #refused: string

  /** `profile`: folder of the profile. */
  constructor(profile: string) {
    this.#folder = join(profile, 'updates')
    this.#file = join(this.#folder, 'trial.json')
    this.#refused = join(this.#folder, 'refused.json')
  }

  /** Folder for copies of old versions. */
  get folder(): string {
    return this.#folder
  }

  /** Records that `to` is about to replace `from`. */
  plan(trial: Omit<Trial, 'starts' | 'migrated' | 'placed'>): void {
    this.#write(this.#file, { ...trial, starts: 0, migrated: false, placed: null })
  }

  /** Records that the new version is at `path`. */
  placed(path: string): void {
    const trial = this.#read(this.#file, Trial)
    if (trial !== null) this.#write(this.#file, { ...trial, placed: path })
  }

  /** Restores the old version if an installation removed it and then failed. */
  mend(): void {
    const trial = this.#read(this.#file, Trial)
    if (trial === null || trial.target === null || existsSync(trial.target) || trial.placed !== null) return
    cpSync(trial.kept, trial.target, { recursive: true, verbatimSymlinks: true })
  }

  /** Counts this start of `version`. If the state cannot be read or written, it counts as a usual start: the trial must not prevent it. */
  begin(version: string): StartKind {
    const trial = this.#read(this.#file, Trial)
    if (trial === null || trial.to !== version) return { kind: 'usual' }
    if (trial.starts >= MOST_STARTS && !trial.migrated && existsSync(trial.kept)) return { kind: 'return', trial }
    const counted = { ...trial, starts: trial.starts + 1 }
    try {
      this.#write(this.#file, counted)
    } catch {
      return { kind: 'usual' }
    }
    return { kind: 'trial', trial: counted }
  }

  /** Records that the store is open, with `schema` migrations. */
  opened(schema: number): void {
    const trial = this.#read(this.#file, Trial)
    if (trial !== null && schema > trial.schema && !trial.migrated) this.#write(this.#file, { ...trial, migrated: true })
  }

  /** Ends the trial: the new version works, and the copy of the old one is deleted. */
  passed(): void {
    const trial = this.#read(this.#file, Trial)
    rmSync(this.#file, { force: true })
    if (trial !== null) rmSync(trial.kept, { recursive: true, force: true })
  }

  /** Restores the old version and records the new one as refused. Throws where the system does not allow it. */
  giveBack(trial: Trial): void {
    this.#write(this.#refused, { version: trial.to })
    if (trial.target !== null) {
      const beside = join(dirname(trial.target), `.${basename(trial.target)}.returned`)
      rmSync(beside, { recursive: true, force: true })
      cpSync(trial.kept, beside, { recursive: true, verbatimSymlinks: true })
      if (existsSync(trial.target)) {
        const gone = join(this.#folder, 'refused')
        rmSync(gone, { recursive: true, force: true })
        moveAway(trial.target, gone)
      }
      renameSync(beside, trial.target)
      if (trial.placed !== null && trial.placed !== trial.target) rmSync(trial.placed, { recursive: true, force: true })
      rmSync(trial.kept, { recursive: true, force: true })
    }
    rmSync(this.#file, { force: true })
  }

  /** Version that failed to start and is not to be installed again; null if there is none. */
  get refused(): string | null {
    return this.#read(this.#refused, Refused)?.version ?? null
  }

  #read<T>(file: string, schema: z.ZodType<T>): T | null {
    try {
      return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return null
    }
  }

  /** Writes atomically, also if the power fails. */
  #write(file: string, value: unknown): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const next = `${file}.new`
    const open = openSync(next, 'w', 0o600)
    try {
      writeSync(open, JSON.stringify(value))
      fsyncSync(open)
    } finally {
      closeSync(open)
    }
    renameSync(next, file)
  }
}

/** Moves an app out of the way of its successor: on macOS a running app is a folder, which a rename cannot replace. */
function moveAway(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    rmSync(from, { recursive: true, force: true })
    return
  }
  rmSync(to, { recursive: true, force: true })
}
