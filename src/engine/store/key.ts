/** Store key: 256 random bits, kept by the system's keychain where there is one, otherwise in a file that only the user can read. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreOpenError, unwritable } from './database.ts'

/** Keychain interface of the system, as Electron's safeStorage offers it. */
export interface Keyring {
  isAvailable(): boolean
  seal(text: string): Buffer
  unseal(sealed: Buffer): string
}

export const NO_KEYRING: Keyring = {
  isAvailable: () => false,
  seal: () => {
    throw new Error('no keychain')
  },
  unseal: () => {
    throw new StoreOpenError('wrong-key', "This profile's key is kept by the system's keychain; only the Mnemo app can open it.")
  }
}

export interface StoreKey {
  /** 64 hex digits */
  key: string
  protection: 'keychain' | 'file'
}

const SEALED = 'store-key.sealed'
const PLAIN = 'store-key'

/** Key of a profile, generated on first use. Throws StoreOpenError if the database exists and its key does not. */
export function storeKey(profile: string, keyring: Keyring, databaseExists: boolean): StoreKey {
  const sealed = join(profile, SEALED)
  const plain = join(profile, PLAIN)
  if (existsSync(sealed)) return { key: keyring.unseal(readFileSync(sealed)), protection: 'keychain' }
  if (existsSync(plain)) {
    const key = readFileSync(plain, 'utf8').trim()
    return { key, protection: keyring.isAvailable() && moveIntoKeychain(key, keyring, sealed, plain) ? 'keychain' : 'file' }
  }
  if (databaseExists)
    throw new StoreOpenError('wrong-key', `The key of this profile is missing (${sealed} or ${plain}). Without it the messages cannot be read.`)
  const key = randomBytes(32).toString('hex')
  const protection = keyring.isAvailable() ? 'keychain' : 'file'
  const path = protection === 'keychain' ? sealed : plain
  write(path, protection === 'keychain' ? keyring.seal(key) : `${key}\n`)
  return { key, protection }
}

/** Atomic write, flushed to the disk before the file is renamed. */
function write(path: string, content: Buffer | string): void {
  const temporary = `${path}.new`
  writeFileSync(temporary, content, { mode: 0o600, flush: true })
  chmodSync(temporary, 0o600)
  renameSync(temporary, path)
}

/** Moves a key into a keychain that was unavailable when the key was made; false: the keychain does not return what it was given. */
function moveIntoKeychain(key: string, keyring: Keyring, sealed: string, plain: string): boolean {
  try {
    const kept = keyring.seal(key)
    if (keyring.unseal(kept) !== key) return false
    write(sealed, kept)
  } catch {
    return false
  }
  // the file system may keep the old bytes a while; this overwrites them where it writes in place
  writeFileSync(plain, '0'.repeat(key.length), { flush: true })
  rmSync(plain)
  return true
}

/** Key of a profile whose folder may not exist yet. */
export function profileKey(profile: string, keyring: Keyring = NO_KEYRING): StoreKey {
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    return storeKey(profile, keyring, existsSync(join(profile, 'messages.db')))
  } catch (error) {
    // system errors: no space, no permission
    throw error instanceof Error && 'syscall' in error ? unwritable(profile, error) : error
  }
}
