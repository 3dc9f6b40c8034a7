/** The system's keychain, by Electron's safeStorage. */
import { safeStorage } from 'electron'
import type { Keyring } from '../../engine/store/key.ts'

/** Keyring. On Linux without a secret service, Electron encrypts with a publicly known password; that does not count as a keychain. */
export const keyring: Keyring = {
  isAvailable: () => safeStorage.isEncryptionAvailable() && (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'),
  seal: (text) => safeStorage.encryptString(text),
  unseal: (sealed) => safeStorage.decryptString(sealed)
}
