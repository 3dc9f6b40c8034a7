/** Server set-ups as found in practice: each differs in one thing. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountSettings } from '../../src/contract/domain.ts'
import { DOMAIN, ROOMS, type Kind } from '../../src/demo/prosody.ts'
import type { EjabberdKind } from '../support/ejabberd.ts'
import { MODERN } from '../support/server.ts'

export interface Setup {
  name: string
  /** Either of the two servers. */
  prosody?: Kind
  ejabberd?: EjabberdKind
  security?: AccountSettings['security']
  /** Certificate from a trusted authority that is expired, or for another name. */
  certificate?: 'expired' | 'of another name'
}

const SCRAMS = ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS']
const only = (...names: string[]): Kind => ({
  settings: `disable_sasl_mechanisms = { ${['PLAIN', ...SCRAMS]
    .filter((name) => !names.includes(name))
    .map((name) => `"${name}"`)
    .join(', ')} }`
})
const onlyOf = (...names: string[]): EjabberdKind => ({
  settings: `disable_sasl_mechanisms: [X-OAUTH2, ${['PLAIN', 'DIGEST-MD5', 'SCRAM-SHA-512', 'SCRAM-SHA-512-PLUS', ...SCRAMS].filter((name) => !names.includes(name)).join(', ')}]`
})
const TLS_1_2 = 'ssl = { protocol = "tlsv1_2" }'
/** Rate limits of Debian's ejabberd.yml for users who are not its admins: bytes a second. */
const SHAPED: EjabberdKind = { settings: 'shaper: {normal: {rate: 3000, burst_size: 20000}}', listener: ', shaper: normal' }

export const SETUPS: readonly Setup[] = [
  { name: 'Prosody', prosody: {} },
  { name: 'Prosody, PLAIN alone', prosody: only('PLAIN') },
  { name: 'Prosody, SCRAM-SHA-1 alone', prosody: only('SCRAM-SHA-1') },
  { name: 'Prosody, SCRAM-SHA-256 alone', prosody: only('SCRAM-SHA-256') },
  { name: 'Prosody, bound channel (TLS 1.2)', prosody: { settings: `${TLS_1_2}\n${only('SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS').settings ?? ''}` } },
  { name: 'Prosody, no mechanism', prosody: only() },
  { name: 'Prosody, SASL2 and tokens', prosody: MODERN },
  { name: 'Prosody, no archive', prosody: { without: ['mam'] } },
  { name: 'Prosody, no offline store', prosody: { settings: 'modules_disabled = { "s2s", "offline" }' } },
  { name: 'Prosody, no archive, no offline store', prosody: { without: ['mam'], settings: 'modules_disabled = { "s2s", "offline" }' } },
  { name: 'Prosody, no carbons', prosody: { without: ['carbons'] } },
  { name: 'Prosody, no archive, no carbons', prosody: { without: ['mam', 'carbons'] } },
  // each of these loads mod_pep by itself
  { name: 'Prosody, no PEP', prosody: { without: ['pep', 'bookmarks', 'vcard4', 'vcard_legacy'] } },
  { name: 'Prosody, no stream management', prosody: { without: ['smacks'] } },
  { name: 'Prosody, groups without archive', prosody: { groupsForget: true } },
  { name: 'Prosody, nobody may make groups', prosody: { groupSettings: 'restrict_room_creation = true' } },
  { name: 'Prosody, no groups', prosody: { services: ['files'] } },
  { name: 'Prosody, no files', prosody: { services: ['groups'] } },
  {
    name: 'Prosody, stanzas of 20,000 bytes, 10 kB/s',
    prosody: { modules: { names: ['limits'], folder: '/nowhere' }, settings: 'c2s_stanza_size_limit = 20000\nlimits = { c2s = { rate = "10kb/s" } }' }
  },
  { name: 'Prosody, direct TLS alone', prosody: { only: 'direct-tls' }, security: 'direct-tls' },
  { name: 'Prosody, WebSocket alone', prosody: { only: 'websocket' }, security: 'websocket' },
  { name: 'Prosody, expired certificate', prosody: {}, certificate: 'expired' },
  { name: 'Prosody, certificate of another name', prosody: {}, certificate: 'of another name' },
  {
    name: 'Prosody, no more than RFC 6121',
    prosody: {
      without: [
        'carbons',
        'pep',
        'private',
        'blocklist',
        'vcard4',
        'vcard_legacy',
        'mam',
        'csi_simple',
        'smacks',
        'bookmarks',
        'websocket',
        'ping',
        'time',
        'version'
      ],
      services: []
    }
  },
  { name: 'ejabberd', ejabberd: {} },
  { name: 'ejabberd, PLAIN alone', ejabberd: onlyOf('PLAIN') },
  { name: 'ejabberd, SCRAM-SHA-256 alone', ejabberd: onlyOf('SCRAM-SHA-256') },
  { name: 'ejabberd, SCRAM-SHA-512 alone', ejabberd: onlyOf('SCRAM-SHA-512') },
  {
    name: 'ejabberd, bound channel (TLS 1.2)',
    ejabberd: { ...onlyOf('SCRAM-SHA-512', 'SCRAM-SHA-512-PLUS'), listener: ', protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, no_tlsv1_3]' }
  },
  { name: 'ejabberd, no archive', ejabberd: { without: ['mod_mam'] } },
  { name: 'ejabberd, no offline store', ejabberd: { without: ['mod_offline'] } },
  { name: 'ejabberd, no archive, no offline store', ejabberd: { without: ['mod_mam', 'mod_offline'] } },
  { name: 'ejabberd, no carbons', ejabberd: { without: ['mod_carboncopy'] } },
  { name: 'ejabberd, no PEP', ejabberd: { without: ['mod_pubsub'] } },
  { name: 'ejabberd, no stream management', ejabberd: { without: ['mod_stream_mgmt'] } },
  {
    name: 'ejabberd, groups without archive',
    ejabberd: { without: ['mod_muc'], modules: [`mod_muc: {host: "${ROOMS}", default_room_options: {mam: false, persistent: true, anonymous: true}}`] }
  },
  {
    name: 'ejabberd, nobody may make groups',
    ejabberd: { without: ['mod_muc'], modules: [`mod_muc: {host: "${ROOMS}", access_create: none, default_room_options: {mam: true, persistent: true}}`] }
  },
  { name: 'ejabberd, no files', ejabberd: { without: ['mod_http_upload'] } },
  { name: 'ejabberd, 3,000 bytes a second', ejabberd: SHAPED },
  { name: 'ejabberd, direct TLS alone', ejabberd: { only: 'direct-tls' }, security: 'direct-tls' },
  { name: 'ejabberd, WebSocket alone', ejabberd: { only: 'websocket' }, security: 'websocket' }
]

/** Puts a certificate into a folder before its server starts; returns the authority for this computer to trust, as PEM. Throws if openssl fails. */
export function prepareCertificate(folder: string, kind: NonNullable<Setup['certificate']>): string {
  const file = (name: string): string => join(folder, name)
  const run = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe', cwd: folder })
  const name = kind === 'expired' ? DOMAIN : 'other.example'
  run('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${DOMAIN}.key`, '-out', 'request.pem')
  run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=Test authority', '-keyout', 'authority.key', '-out', 'authority.pem')
  writeFileSync(file('index.txt'), '')
  writeFileSync(file('serial'), '01\n')
  writeFileSync(
    file('authority.cnf'),
    `[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n[names]\nsubjectAltName = DNS:${name}\n`
  )
  const [from, to] = kind === 'expired' ? ['20200101000000Z', '20210101000000Z'] : ['20200101000000Z', '20990101000000Z']
  run(
    'ca',
    '-batch',
    '-notext',
    '-config',
    'authority.cnf',
    '-cert',
    'authority.pem',
    '-keyfile',
    'authority.key',
    '-startdate',
    from,
    '-enddate',
    to,
    '-in',
    'request.pem',
    '-out',
    `${DOMAIN}.crt`
  )
  copyFileSync(file(`${DOMAIN}.key`), file('key.pem'))
  writeFileSync(file('both.pem'), readFileSync(file(`${DOMAIN}.crt`), 'utf8') + readFileSync(file('key.pem'), 'utf8'))
  return readFileSync(file('authority.pem'), 'utf8')
}
