/** Servers where anybody can register an account from an app. */

export interface PublicServer {
  domain: string
  /** Countries of the server, ISO 3166-1. */
  countries: readonly string[]
  /** Days that its archive keeps messages. */
  archiveDays: number
  /** Largest upload, MB. */
  fileMegabytes: number
  /** Year of its opening. */
  since: number
}

/**
 * Servers of category A in XMPP Providers (https://providers.xmpp.net, as of June 2026): free, open to all from an app, well
 * run. Selected: those with the longest history or run by an association.
 */
export const PUBLIC_SERVERS: readonly PublicServer[] = [
  { domain: 'hookipa.net', countries: ['DE'], archiveDays: 365, fileMegabytes: 104, since: 2008 },
  { domain: 'xmpp.earth', countries: ['DE', 'SE'], archiveDays: 365, fileMegabytes: 262, since: 2022 },
  { domain: 'jabjab.de', countries: ['DE'], archiveDays: 90, fileMegabytes: 209, since: 2005 },
  { domain: 'magicbroccoli.de', countries: ['DE'], archiveDays: 90, fileMegabytes: 52, since: 2014 },
  { domain: 'jabber.fr', countries: ['FR'], archiveDays: 14, fileMegabytes: 268, since: 2004 },
  { domain: 'yax.im', countries: ['DE'], archiveDays: 14, fileMegabytes: 80, since: 2013 }
]
