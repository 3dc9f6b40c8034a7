/** The system's keychain, by Electron's safeStorage. */
import { safeStorage } from 'electron'
import type { Keyring } from '../../engine/store/key.ts'

/** On Linux without a secret service Electron would seal with a password anyone knows; that is no keychain. */
export const keyring: Keyring = {
  isAvailable: () => safeStorage.isEncryptionAvailable() && (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'),
  seal: (text) => safeStorage.encryptString(text),
  unseal: (sealed) => safeStorage.decryptString(sealed)
}
