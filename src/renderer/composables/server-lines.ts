/** Configuration that a server's operator adds for missing features: Prosody 0.12 and newer, ejabberd 23.01 and newer. */
import type { ServerAbility } from '../../contract/domain.ts'

export interface ServerLines {
  prosody: string
  ejabberd: string
}

/** Modules of Prosody itself or of prosody-modules. */
const modules = (...names: string[]): string => `modules_enabled = {\n    -- …\n${names.map((name) => `    "${name}";`).join('\n')}\n}`
const yaml = (text: string): string => `modules:\n${text.replace(/^/gm, '  ')}`

export const SERVER_LINES: Readonly<Record<ServerAbility, ServerLines>> = {
  archive: { prosody: `${modules('mam')}\narchive_expires_after = "1y"`, ejabberd: yaml('mod_mam:\n  default: always') },
  carbons: { prosody: modules('carbons'), ejabberd: yaml('mod_carboncopy: {}') },
  resume: { prosody: modules('smacks'), ejabberd: yaml('mod_stream_mgmt:\n  resend_on_timeout: if_offline') },
  storage: { prosody: modules('pep'), ejabberd: yaml('mod_pubsub:\n  plugins:\n    - flat\n    - pep') },
  encryption: { prosody: modules('pep'), ejabberd: yaml('mod_pubsub:\n  plugins:\n    - flat\n    - pep') },
  files: {
    prosody: 'Component "upload.example.org" "http_file_share"\n    http_file_share_size_limit = 100 * 1024 * 1024',
    ejabberd: `listen:\n  -\n    port: 5443\n    module: ejabberd_http\n    tls: true\n    request_handlers:\n      /upload: mod_http_upload\n${yaml('mod_http_upload:\n  put_url: https://@HOST@:5443/upload\n  max_size: 104857600')}`
  },
  groups: {
    prosody: 'Component "groups.example.org" "muc"\n    modules_enabled = { "muc_mam" }\n    restrict_room_creation = "local"',
    ejabberd: yaml('mod_muc:\n  default_room_options:\n    mam: true\nmod_mam:\n  default: always')
  },
  'group-archive': {
    prosody: 'Component "groups.example.org" "muc"\n    modules_enabled = { "muc_mam" }',
    ejabberd: yaml('mod_muc:\n  default_room_options:\n    mam: true\nmod_mam:\n  default: always')
  },
  blocking: { prosody: modules('blocklist'), ejabberd: yaml('mod_blocking: {}\nmod_privacy: {}') },
  push: { prosody: modules('cloud_notify'), ejabberd: yaml('mod_push: {}') },
  csi: { prosody: modules('csi_simple'), ejabberd: yaml('mod_client_state: {}') },
  time: { prosody: modules('time'), ejabberd: yaml('mod_time: {}') },
  registration: { prosody: `${modules('register')}\nallow_registration = true`, ejabberd: yaml('mod_register:\n  ip_access: all') },
  invitations: {
    prosody: `${modules('invites', 'invites_adhoc', 'invites_register')}\nallow_user_invites = true`,
    ejabberd: `# 26.01 and newer\n${yaml('mod_invites:\n  access_create_account: local')}`
  },
  contacts: {
    prosody: `${modules('server_contact_info')}\ncontact_info = {\n    abuse = { "mailto:abuse@example.org" };\n    admin = { "xmpp:admin@example.org" };\n}`,
    ejabberd: yaml(
      'mod_disco:\n  server_info:\n    -\n      modules: all\n      name: "abuse-addresses"\n      urls: ["mailto:abuse@example.org"]\n    -\n      modules: all\n      name: "admin-addresses"\n      urls: ["xmpp:admin@example.org"]'
    )
  }
}
