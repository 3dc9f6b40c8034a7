/** Locations in messages: geo: URIs (RFC 5870), and map links as people copy them. Pure. */

export interface Place {
  /** Degrees, WGS 84. */
  latitude: number
  longitude: number
}

const NUMBER = String.raw`([+-]?\d{1,3}(?:\.\d{1,15})?)`
const GEO = new RegExp(String.raw`^geo:${NUMBER},${NUMBER}(?:,[+-]?\d{1,6}(?:\.\d{1,15})?)?(?:;[\w=;.%-]{0,200})?(?:\?\S{0,500})?$`, 'i')
/** Links with the latitude first, as most maps write them. */
const LINKS = [
  new RegExp(String.raw`[@/]${NUMBER},${NUMBER}(?:,\d|[/?&#]|$)`),
  new RegExp(String.raw`[?&](?:q|ll|sll|query|destination|center)=(?:loc:)?${NUMBER}(?:,|%2C)\s*${NUMBER}`, 'i'),
  new RegExp(String.raw`[?&]mlat=${NUMBER}&mlon=${NUMBER}`),
  new RegExp(String.raw`#map=\d{1,2}/${NUMBER}/${NUMBER}`),
  new RegExp(String.raw`^\s*${NUMBER}\s*[,，;\s]\s*${NUMBER}\s*$`)
]
/** Links with the longitude first. */
const TURNED = [new RegExp(String.raw`[?&](?:position|location)=${NUMBER}(?:,|%2C)${NUMBER}`, 'i')]

function made(latitude: string | undefined, longitude: string | undefined): Place | null {
  const place = { latitude: Number(latitude ?? NaN), longitude: Number(longitude ?? NaN) }
  return Math.abs(place.latitude) <= 90 && Math.abs(place.longitude) <= 180 ? place : null
}

/** Location of a text that is a geo: URI and nothing else. */
export function placeOf(text: string): Place | null {
  const [, latitude, longitude] = GEO.exec(text.trim()) ?? []
  return latitude === undefined ? null : made(latitude, longitude)
}

/** Location in a text: coordinates, a geo: URI, or a map link. */
export function findPlace(text: string): Place | null {
  const direct = placeOf(text)
  if (direct !== null) return direct
  for (const link of LINKS) {
    const [, latitude, longitude] = link.exec(text) ?? []
    const place = latitude === undefined ? null : made(latitude, longitude)
    if (place !== null) return place
  }
  for (const link of TURNED) {
    const [, longitude, latitude] = link.exec(text) ?? []
    const place = latitude === undefined ? null : made(latitude, longitude)
    if (place !== null) return place
  }
  return null
}

const rounded = (degrees: number): string => String(Number(degrees.toFixed(6)))
export const geoUri = ({ latitude, longitude }: Place): string => `geo:${rounded(latitude)},${rounded(longitude)}`
/** 31.2304° N, 121.4737° E */
export function coordinates({ latitude, longitude }: Place): string {
  const part = (degrees: number, positive: string, negative: string): string => `${rounded(Math.abs(degrees))}° ${degrees < 0 ? negative : positive}`
  return `${part(latitude, 'N', 'S')}, ${part(longitude, 'E', 'W')}`
}
/** Link to OpenStreetMap, opened in the browser only on request. */
export const mapLink = ({ latitude, longitude }: Place): string =>
  `https://www.openstreetmap.org/?mlat=${rounded(latitude)}&mlon=${rounded(longitude)}#map=16/${rounded(latitude)}/${rounded(longitude)}`
