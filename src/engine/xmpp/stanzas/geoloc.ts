/** XEP-0080 User Location of a message that shares a place. */
import { xml, type Element } from '@xmpp/client'
import { geoUri, placeOf, type Place } from '../../../contract/places.ts'
import { NS } from './namespaces.ts'

/** Place in a message, as text of ours; null: none. */
export function decodePlace(stanza: Element): string | null {
  const geoloc = stanza.getChild('geoloc', NS.geoloc)
  const part = (name: string): number => Number.parseFloat(geoloc?.getChildText(name)?.trim() ?? '')
  const place: Place = { latitude: part('lat'), longitude: part('lon') }
  return placeOf(geoUri(place)) === null ? null : geoUri(place)
}

/** Text of a message with a place; a body that only repeats the place, as a link or as coordinates, is left out. */
export function withPlace(body: string, place: string | null): string {
  if (place === null) return body
  return body === '' || placeOf(body) !== null || /^\s*(?:geo:|https?:)\S+\s*$/i.test(body) ? place : `${body}\n${place}`
}

export function encodePlace(text: string): Element[] {
  const place = placeOf(text)
  return place === null ? [] : [xml('geoloc', { xmlns: NS.geoloc }, xml('lat', {}, String(place.latitude)), xml('lon', {}, String(place.longitude)))]
}
