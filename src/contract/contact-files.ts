/** Contact cards that come as files (vCard). */
import { z } from 'zod'

/** What is shown of one. */
export const ContactFile = z.object({
  name: z.string(),
  organization: z.string(),
  /** XMPP addresses, bare. */
  addresses: z.array(z.string()),
  phones: z.array(z.string()),
  mails: z.array(z.string())
})
export type ContactFile = z.infer<typeof ContactFile>

/** Bytes of a file that is read for cards. */
export const LARGEST_CONTACT_FILE = 2 ** 20
export const isContactName = (name: string): boolean => /\.(?:vcf|vcard)$/i.test(name)
export const isContactFile = ({ name, bytes }: { name: string; bytes: number | null }): boolean =>
  isContactName(name) && bytes !== null && bytes <= LARGEST_CONTACT_FILE
