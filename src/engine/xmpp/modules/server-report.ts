/** Report of all capabilities of a server for an account (XEP-0030). Shortages that every user is told about are in shortages.ts. */
import { bare, domainOf } from '../../../contract/address.ts'
import type { ServerAbility, ServerReport } from '../../../contract/domain.ts'
import { refused } from '../../net/problem.ts'
import { commands, commandsQuery, info, infoQuery, type Info } from '../stanzas/disco.ts'
import { fieldValue } from '../stanzas/data-form.ts'
import { isGroupService } from '../stanzas/group.ts'
import { uploadService, type UploadService } from '../stanzas/http-upload.ts'
import { NS } from '../stanzas/namespaces.ts'
import { INVITE_COMMAND } from '../stanzas/registration.ts'
import type { Connection } from '../stream/connection.ts'
import { Registration } from '../stream/registration.ts'
import { findService } from '../stream/services.ts'

const PUBLISH_OPTIONS = `${NS.pubsub}#publish-options`
const NOTHING: Info = { identities: [], features: new Set(), forms: [] }
/** Timeout of the registration query on a second stream, ms. */
const REGISTRATION_MS = 15_000
/** Limits: addresses of one kind, and characters of an address. */
const MOST_ADDRESSES = 5
const LONGEST_ADDRESS = 500
const KINDS = ['abuse', 'admin', 'feedback', 'sales', 'security', 'status', 'support'] as const

export interface Looked {
  server: Info
  account: Info
  /** Info of the group service; null: there is none. */
  groups: Info | null
  uploads: UploadService | null
  commands: ReadonlySet<string>
  /** Whether anybody can register an account; null: unknown. */
  registration: boolean | null
  hasAcks: boolean
  hasCsi: boolean
}

/** XEP-0157 section 3, 4. */
function contactAddresses({ forms }: Info): ServerReport['addresses'] {
  const form = forms.find((one) => fieldValue(one, 'FORM_TYPE') === 'http://jabber.org/network/serverinfo')
  return KINDS.flatMap((kind) =>
    (form?.getChildren('field') ?? [])
      .filter(({ attrs }) => attrs['var'] === `${kind}-addresses`)
      .flatMap((field) => field.getChildren('value'))
      .slice(0, MOST_ADDRESSES)
      .map((value) => value.text().trim())
      .filter((uri) => /^(mailto:|https:\/\/|xmpp:)\S+$/i.test(uri) && uri.length <= LONGEST_ADDRESS)
      .map((uri) => ({ kind, uri }))
  )
}

/** Builds the report from the query results. Pure. */
export function reportOf({ server, account, groups, uploads, commands: offered, registration, hasAcks, hasCsi }: Looked): ServerReport {
  const either = (feature: string): boolean => account.features.has(feature) || server.features.has(feature)
  const hasPep = [...account.identities, ...server.identities].some(({ category, type }) => category === 'pubsub' && type === 'pep')
  const addresses = contactAddresses(server)
  const found: Record<ServerAbility, boolean | null> = {
    archive: either(NS.mam),
    carbons: server.features.has(NS.carbons),
    resume: hasAcks,
    storage: hasPep,
    encryption: hasPep && either(PUBLISH_OPTIONS),
    files: uploads !== null,
    groups: groups !== null,
    'group-archive': groups?.features.has(NS.mam) === true,
    blocking: server.features.has(NS.blocking),
    push: either(NS.push),
    csi: hasCsi,
    time: server.features.has(NS.time),
    registration,
    invitations: offered.has(INVITE_COMMAND),
    contacts: addresses.length > 0
  }
  return {
    software: server.identities.find(({ category }) => category === 'server')?.['name']?.slice(0, LONGEST_ADDRESS) ?? '',
    abilities: Object.entries(found).map(([name, has]) => ({ name: name as ServerAbility, has })),
    largestFile: uploads?.largest ?? null,
    addresses
  }
}

/** Queries the server. Rejects if the connection is lost meanwhile. */
export async function lookAtServer(connection: Connection): Promise<ServerReport> {
  const { account: settings } = connection
  const own = bare(settings.jid)
  const domain = domainOf(own)
  const ask = (jid: string): Promise<Info> => connection.request(infoQuery(jid)).then(info, refused(NOTHING))
  const [server, account, groups, uploads, offered, registration] = await Promise.all([
    ask(domain),
    ask(own),
    findService(connection, (found) => (isGroupService(found) ? found : null)),
    findService(connection, uploadService),
    connection.request(commandsQuery(domain)).then(commands, refused(new Set<string>())),
    Registration.isOpen(settings, REGISTRATION_MS)
  ])
  return reportOf({ server, account, groups, uploads, commands: offered, registration, hasAcks: connection.hasAcks, hasCsi: connection.hasCsi })
}
