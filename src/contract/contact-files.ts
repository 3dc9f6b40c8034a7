/** Contact cards received as files (vCard). */
import { z } from 'zod'

/** Fields shown of a contact. */
export const ContactFile = z.object({
  name: z.string(),
  organization: z.string(),
  /** XMPP addresses, bare. */
  addresses: z.array(z.string()),
  phones: z.array(z.string()),
  mails: z.array(z.string())
})
export type ContactFile = z.infer<typeof ContactFile>

/** Largest file that is read for contacts, bytes. */
export const LARGEST_CONTACT_FILE = 2 ** 20
export const isContactName = (name: string): boolean => /\.(?:vcf|vcard)$/i.test(name)
export const isContactFile = ({ name, bytes }: { name: string; bytes: number | null }): boolean =>
  isContactName(name) && bytes !== null && bytes <= LARGEST_CONTACT_FILE
