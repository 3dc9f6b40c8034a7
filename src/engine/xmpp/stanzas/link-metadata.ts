/** XEP-0511 Link Metadata: the sender's description of a linked page, in OpenGraph terms (https://ogp.me). */
import { xml, type Element } from '@xmpp/client'
import { imageSize } from 'image-size'
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

/** Longest side of a link's picture, pixels: a small file can hold a picture that fills the memory. */
const LONGEST_PICTURE_SIDE = 1024
const PICTURE_TYPES: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }

/** First picture that is contained in its address and is what it says; others would have to be fetched from strangers. */
function pictureOf(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => {
    if (!LinkMetadata.shape.image.safeParse(address).success) return false
    const [type = '', content = ''] = address.slice('data:'.length).split(';base64,')
    try {
      const { type: found = '', width, height } = imageSize(Buffer.from(content, 'base64'))
      return PICTURE_TYPES[found] === type && Math.min(width, height) > 0 && Math.max(width, height) <= LONGEST_PICTURE_SIDE
    } catch {
      return false
    }
  })
}

/** Metadata of the first linked page that is described, with a picture if the message contains one. */
export function decodeLink(stanza: Element, text: string): LinkMetadata | null {
  for (const about of stanza.getChildren('Description', NS.rdf)) {
    const url = Object.entries(about.attrs).find(([name]) => name === 'about' || name.endsWith(':about'))?.[1] ?? ''
    const said = (name: string): string | undefined => about.getChild(name, NS.openGraph)?.text()
    const link = linksTo(text, url) ? linkMetadata(url, { title: said('title'), description: said('description'), site: said('site_name') }) : null
    if (link === null) continue
    const image = pictureOf(about.getChildren('image', NS.openGraph).map((one) => one.text().trim()))
    return image === undefined ? link : { ...link, image }
  }
  return null
}

export function encodeLink({ url, title, description, site, image = '' }: LinkMetadata): Element {
  const optional = (name: string, value: string): Element[] => (value === '' ? [] : [xml(`og:${name}`, {}, sendable(value))])
  return xml(
    'rdf:Description',
    { 'xmlns:rdf': NS.rdf, 'xmlns:og': NS.openGraph, 'rdf:about': sendable(url) },
    ...optional('title', title),
    ...optional('description', description),
    ...optional('site_name', site),
    ...optional('image', image)
  )
}
