/** XEP-0004 Data Forms: fields of a form, and submission. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

export type FormFields = Record<string, string | readonly string[]>

/** Names of a form's fields. */
export const fieldNames = (form: Element | undefined): Set<string> => new Set((form?.getChildren('field') ?? []).flatMap((field) => field.attrs['var'] ?? []))

/** First value of a field. */
export const fieldValue = (form: Element | undefined, name: string): string | undefined =>
  form
    ?.getChildren('field')
    .find((field) => field.attrs['var'] === name)
    ?.getChild('value')
    ?.text()

export const submitForm = (type: string, fields: FormFields): Element =>
  xml(
    'x',
    { xmlns: NS.dataForm, type: 'submit' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, type)),
    ...Object.entries(fields).map(([name, value]) => xml('field', { var: name }, ...[value].flat().map((one) => xml('value', {}, one))))
  )
