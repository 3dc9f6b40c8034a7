/** XEP-0511 Link Metadata: the sender's description of a linked page, in OpenGraph terms (https://ogp.me). */
import { xml, type Element } from '@xmpp/client'
import { LinkMetadata, LONGEST_LINK_TEXT } from '../../../contract/domain.ts'
import { linksTo } from '../../../contract/web-links.ts'
import { isWebUrl } from './http-upload.ts'
import { NS } from './namespaces.ts'
import { plainName } from '../../file-names.ts'
import { sendable } from './text.ts'

/** Metadata of a page, one line each, no longer than shown; null if there is none or the address may not be fetched. */
export function linkMetadata(
  url: string,
  { title = '', description = '', site = '' }: { title?: string | undefined; description?: string | undefined; site?: string | undefined }
): LinkMetadata | null {
  const line = (text: string, longest: number): string => plainName(sendable(text).replace(/\s+/g, ' '), longest)
  const made = {
    url,
    title: line(title, LONGEST_LINK_TEXT.title),
    description: line(description, LONGEST_LINK_TEXT.description),
    site: line(site, LONGEST_LINK_TEXT.site)
  }
  return made.title === '' || !isWebUrl(url) || !LinkMetadata.safeParse(made).success ? null : made
}

/** Metadata of the first linked page that is described. Pictures are ignored: they would have to be fetched. */
export function decodeLink(stanza: Element, text: string): LinkMetadata | null {
  for (const about of stanza.getChildren('Description', NS.rdf)) {
    const url = Object.entries(about.attrs).find(([name]) => name === 'about' || name.endsWith(':about'))?.[1] ?? ''
    const said = (name: string): string | undefined => about.getChild(name, NS.openGraph)?.text()
    const link = linksTo(text, url) ? linkMetadata(url, { title: said('title'), description: said('description'), site: said('site_name') }) : null
    if (link !== null) return link
  }
  return null
}

export function encodeLink({ url, title, description, site }: LinkMetadata): Element {
  const optional = (name: string, value: string): Element[] => (value === '' ? [] : [xml(`og:${name}`, {}, sendable(value))])
  return xml(
    'rdf:Description',
    { 'xmlns:rdf': NS.rdf, 'xmlns:og': NS.openGraph, 'rdf:about': sendable(url) },
    ...optional('title', title),
    ...optional('description', description),
    ...optional('site_name', site)
  )
}
