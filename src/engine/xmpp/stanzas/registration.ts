/**
 * XEP-0077 In-Band Registration: form for a new account and its submission, with data forms (XEP-0004), media elements (XEP-0221) and bits of binary
 * (XEP-0231) for captchas (XEP-0158); XEP-0445 invitation tokens; XEP-0401 invitations made by a server.
 */
import { xml, type Element } from '@xmpp/client'
import type { AccountForm, AccountFormField, ServerInvitation } from '../../../contract/domain.ts'
import { fieldValue } from './data-form.ts'
import { NS } from './namespaces.ts'

/** Largest captcha picture, base64 characters. */
const LARGEST_PICTURE = 700_000
const MOST_FIELDS = 50
/** Longest text of a server's form, UTF-16 units. */
const LONGEST = 2000
const isPage = (text: string): boolean => /^https:\/\/\S+$/.test(text) && text.length <= LONGEST
const cut = (text: string | null | undefined): string => (text ?? '').trim().slice(0, LONGEST)

export const registrationQuery = (domain: string): Element => xml('iq', { type: 'get', to: domain }, xml('query', { xmlns: NS.register }))
/** Presents an invitation token before registration (XEP-0445 section 3). */
export const presentInvitation = (domain: string, token: string): Element =>
  xml('iq', { type: 'set', to: domain }, xml('preauth', { xmlns: NS.preauth, token }))

const TYPES: Record<string, AccountFormField['kind']> = {
  'text-private': 'password',
  hidden: 'hidden',
  fixed: 'fixed',
  boolean: 'boolean',
  'list-single': 'choice',
  'text-multi': 'lines'
}

/** Picture of a field: in the same stanza, under the address that the field names. */
function pictureOf(field: Element, data: readonly Element[]): string | null {
  for (const uri of field.getChild('media', NS.media)?.getChildren('uri') ?? []) {
    const address = uri.text().trim()
    if (!address.startsWith('cid:')) continue
    const found = data.find(({ attrs }) => attrs['cid'] === address.slice('cid:'.length))
    const base64 = found?.text().replace(/\s/g, '') ?? ''
    const type = found?.attrs['type'] ?? ''
    if (/^image\/(png|jpeg|gif|webp)$/.test(type) && base64.length <= LARGEST_PICTURE && /^[A-Za-z0-9+/]+={0,2}$/.test(base64))
      return `data:${type};base64,${base64}`
  }
  return null
}

function formField(field: Element, data: readonly Element[]): AccountFormField | null {
  const name = field.attrs['var'] ?? ''
  const kind = (Object.hasOwn(TYPES, field.attrs['type'] ?? '') ? TYPES[field.attrs['type'] ?? ''] : undefined) ?? 'text'
  if (name === '' && kind !== 'fixed') return null
  return {
    name,
    kind: kind === 'text' && name === 'password' ? 'password' : kind,
    label: cut(field.attrs['label']),
    about: cut(field.getChildText('desc')),
    required: field.getChild('required') !== undefined,
    value: cut(
      field
        .getChildren('value')
        .map((value) => value.text())
        .join('\n')
    ),
    options: field
      .getChildren('option')
      .slice(0, MOST_FIELDS)
      .map((option) => ({ label: cut(option.attrs['label']) || cut(option.getChildText('value')), value: cut(option.getChildText('value')) })),
    picture: pictureOf(field, data)
  }
}

/** Fields of the legacy format without a data form (section 3.1) that a person can fill in. */
const PLAIN = ['username', 'password', 'email', 'name', 'nick', 'first', 'last', 'phone', 'url'] as const

/** Registration form of a server. */
export function accountForm(answer: Element, domain: string): AccountForm {
  const query = answer.getChild('query', NS.register)
  const form = query?.getChild('x', NS.dataForm)
  const web = query?.getChild('x', NS.outOfBand)?.getChildText('url') ?? null
  const data = [...(query?.getChildren('data', NS.bob) ?? []), ...answer.getChildren('data', NS.bob)]
  const fields =
    form === undefined
      ? PLAIN.filter((name) => query?.getChild(name) !== undefined).map((name): AccountFormField => ({
          name,
          kind: name === 'password' ? 'password' : 'text',
          label: '',
          about: '',
          required: true,
          value: '',
          options: [],
          picture: null
        }))
      : form
          .getChildren('field')
          .slice(0, MOST_FIELDS)
          .flatMap((field) => formField(field, data) ?? [])
  return {
    domain,
    instructions: cut(form?.getChildText('instructions') ?? query?.getChildText('instructions')),
    web: web !== null && isPage(web) ? web : null,
    isForm: form !== undefined,
    fields
  }
}

/** Submits the user's input in the format of the form. */
export function register({ domain, isForm, fields }: AccountForm, values: Readonly<Record<string, string>>): Element {
  const given = fields
    .filter(({ kind }) => kind !== 'fixed')
    .map((field) => ({ ...field, value: Object.hasOwn(values, field.name) ? (values[field.name] ?? '') : field.value }))
  const children = isForm
    ? [
        xml(
          'x',
          { xmlns: NS.dataForm, type: 'submit' },
          ...given.map(({ name, kind, value }) =>
            xml(
              'field',
              { var: name, ...(kind === 'hidden' ? { type: 'hidden' } : {}) },
              ...(kind === 'lines' ? value.split('\n') : [value]).map((line) => xml('value', {}, line))
            )
          )
        )
      ]
    : given.map(({ name, value }) => xml(name, {}, value))
  return xml('iq', { type: 'set', to: domain }, xml('query', { xmlns: NS.register }, ...children))
}

export const INVITE_COMMAND = 'urn:xmpp:invite#invite'
/** Requests an invitation from our own server (XEP-0401 section 4.1.1): whoever opens it becomes a contact, with a new account if the server allows that. */
export const inviteCommand = (domain: string): Element =>
  xml('iq', { type: 'set', to: domain }, xml('command', { xmlns: NS.commands, node: INVITE_COMMAND, action: 'execute' }))

/** Invitation made by a server; null: none. */
export function madeInvitation(answer: Element): ServerInvitation | null {
  const form = answer.getChild('command', NS.commands)?.getChild('x', NS.dataForm)
  const uri = fieldValue(form, 'uri') ?? ''
  const page = fieldValue(form, 'landing-url') ?? ''
  const until = Date.parse(fieldValue(form, 'expire') ?? '')
  if (!/^xmpp:/i.test(uri)) return null
  return { uri: uri.slice(0, LONGEST), page: isPage(page) ? page : null, until: Number.isNaN(until) ? null : until }
}
