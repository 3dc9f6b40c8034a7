/**
 * The trial of a new version. It lasts from its installation until its first window has shown its list. A version that ended twice
 * before that is replaced by the one before it, unless it has changed the store in a way that the old one cannot read.
 * Everything is kept in `updates/` of the profile and read before anything of the new version can fail.
 */
import { closeSync, cpSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'

/** Starts that may fail before the old version comes back. */
export const MOST_STARTS = 2

const Trial = z.object({
  from: z.string(),
  to: z.string(),
  /** What is new, for the user. */
  notes: z.string().nullable(),
  /** Migrations of the store that the old version knows. */
  schema: z.number().int(),
  /** A copy of the old version, and the place that it belongs to. Of Windows its installer, which needs no place. */
  kept: z.string(),
  target: z.string().nullable(),
  /** The place of the new version, where it is another one. */
  placed: z.string().nullable(),
  starts: z.number().int().min(0),
  /** The new version has migrated the store. */
  migrated: z.boolean()
})
export type Trial = z.infer<typeof Trial>
const Refused = z.object({ version: z.string() })

export type StartKind =
  | { kind: 'usual' }
  /** The first start, or the first ones, of a new version. */
  | { kind: 'trial'; trial: Trial }
  /** The new version has failed to start; the old one is to be put back. */
  | { kind: 'return'; trial: Trial }

export class Trials {
  readonly #folder: string
  readonly #file: string
  readonly #refused: string

  /** `profile`: the folder of the profile. */
  constructor(profile: string) {
    this.#folder = join(profile, 'updates')
    this.#file = join(this.#folder, 'trial.json')
    this.#refused = join(this.#folder, 'refused.json')
  }

  /** The folder for copies of old versions. */
  get folder(): string {
    return this.#folder
  }

  /** Notes that `to` is about to take the place of `from`. */
  plan(trial: Omit<Trial, 'starts' | 'migrated' | 'placed'>): void {
    this.#write(this.#file, { ...trial, starts: 0, migrated: false, placed: null })
  }

  /** The new version lies at `path`. */
  placed(path: string): void {
    const trial = this.#read(this.#file, Trial)
    if (trial !== null) this.#write(this.#file, { ...trial, placed: path })
  }

  /** Puts the old version back where an installation took it away and then failed. */
  mend(): void {
    const trial = this.#read(this.#file, Trial)
    if (trial === null || trial.target === null || existsSync(trial.target) || trial.placed !== null) return
    cpSync(trial.kept, trial.target, { recursive: true, verbatimSymlinks: true })
  }

  /** Counts this start of `version`. What cannot be read or written makes it a usual start: it must not stand in the way. */
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

  /** The store is open, with `schema` migrations. */
  opened(schema: number): void {
    const trial = this.#read(this.#file, Trial)
    if (trial !== null && schema > trial.schema && !trial.migrated) this.#write(this.#file, { ...trial, migrated: true })
  }

  /** The new version works: what was kept of the old one goes. */
  passed(): void {
    const trial = this.#read(this.#file, Trial)
    rmSync(this.#file, { force: true })
    if (trial !== null) rmSync(trial.kept, { recursive: true, force: true })
  }

  /** Puts the old version back to its place, and remembers the new one as refused. Throws where the system refuses. */
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

  /** The version that did not start and is not to be installed again; null: none. */
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

  /** Whole or not at all, also when the power fails. */
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

/** Out of the way of its successor: an open program of macOS is a folder, which cannot be replaced by a rename. */
function moveAway(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    rmSync(from, { recursive: true, force: true })
    return
  }
  rmSync(to, { recursive: true, force: true })
}
