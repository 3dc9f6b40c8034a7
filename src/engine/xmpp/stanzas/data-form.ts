/** XEP-0004 Data Forms: fields of a form, and a form that is handed in. */
import { xml, type Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

export type FormFields = Record<string, string | readonly string[]>

/** The names of the fields that a form has. */
export const fieldNames = (form: Element | undefined): Set<string> => new Set((form?.getChildren('field') ?? []).flatMap((field) => field.attrs['var'] ?? []))

/** The first value of a field. */
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
