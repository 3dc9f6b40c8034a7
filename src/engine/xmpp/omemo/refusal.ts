/** Refusal of key material or of a message of OMEMO: the only error that decoders and session steps throw on foreign bytes. */

/**
 * - `malformed`: bytes that no client writes: cut off, out of range, of another length.
 * - `version`: a message format other than version 3.
 * - `forged`: a signature, an authentication code or a tag that does not hold.
 * - `used`: the message key was used before (a message that came twice) or is no longer kept.
 * - `too-far`: more messages of the chain are missing than keys are kept for.
 * - `no-session`: the session that the message belongs to is not known here.
 * - `no-key`: the prekey that a session is begun with is not known here, or was used before.
 */
export type RefusalCode = 'malformed' | 'version' | 'forged' | 'used' | 'too-far' | 'no-session' | 'no-key'

export class OmemoRefusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
