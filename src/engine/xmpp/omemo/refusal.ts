/** Refusal of key material or of a message of OMEMO: the only error that decoders and session steps throw on foreign bytes. */

/**
 * - `malformed`: bytes that no client writes: truncated, out of range, of another length.
 * - `version`: a message format other than version 3.
 * - `forged`: an invalid signature, authentication code or tag.
 * - `used`: the message key was used before (a repeated message) or is no longer kept.
 * - `reused`: the message key was used before, for another message: the sender's sessions are an older copy.
 * - `too-far`: more messages of the chain are missing than keys are kept for.
 * - `no-session`: the session of the message is unknown here.
 * - `no-key`: the prekey that starts a session is unknown here, or was used before.
 */
export type RefusalCode = 'malformed' | 'version' | 'forged' | 'used' | 'reused' | 'too-far' | 'no-session' | 'no-key'

export class OmemoRefusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
