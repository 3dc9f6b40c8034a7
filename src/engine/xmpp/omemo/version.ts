/**
 * Supported versions of OMEMO: `eu.siacs.conversations.axolotl` (XEP-0384 version 0.3) and `urn:xmpp:omemo:2` (version 0.8). A device has separate keys for
 * each.
 */
export const VERSIONS = ['axolotl', 'omemo:2'] as const
export type Version = (typeof VERSIONS)[number]
