import { expect, test } from 'vitest'
import { coordinates, findPlace, geoUri, mapLink, placeOf } from './places.ts'

const SHANGHAI = { latitude: 31.2304, longitude: 121.4737 }

test('only a text that is nothing but a geo: URI is a location', () => {
  for (const text of ['geo:31.2304,121.4737', ' GEO:31.2304,121.4737;u=35 ', 'geo:31.2304,121.4737,12.5;crs=wgs84', 'geo:31.2304,121.4737?q=Bund'])
    expect(placeOf(text), text).toEqual(SHANGHAI)
  for (const text of ['', 'here: geo:31.2304,121.4737', 'geo:91,0', 'geo:0,181', 'geo:,', 'geo:1', 'geo:1,2 and more', '31.2304,121.4737'])
    expect(placeOf(text), text).toBeNull()
  expect(placeOf('geo:-33.8568,151.2153')).toEqual({ latitude: -33.8568, longitude: 151.2153 })
})

test('map links are parsed as people copy them', () => {
  for (const text of [
    '31.2304, 121.4737',
    '31.2304，121.4737',
    '31.2304 121.4737',
    'https://www.google.com/maps/place/Bund/@31.2304,121.4737,17z/data=x',
    'https://maps.google.com/?q=31.2304,121.4737',
    'https://www.openstreetmap.org/?mlat=31.2304&mlon=121.4737#map=16/1/1',
    'https://www.openstreetmap.org/#map=16/31.2304/121.4737',
    'https://maps.apple.com/?ll=31.2304,121.4737&q=Bund',
    'https://uri.amap.com/marker?position=121.4737,31.2304',
    'geo:31.2304,121.4737'
  ])
    expect(findPlace(text), text).toEqual(SHANGHAI)
  for (const text of ['', 'Shanghai', 'https://example.org', '1', '200, 300']) expect(findPlace(text), text).toBeNull()
})

test('a location survives a round trip through its URI', () => {
  const sydney = { latitude: -33.8568, longitude: 151.2153 }
  for (const place of [SHANGHAI, sydney, { latitude: 0, longitude: -0.000001 }]) {
    expect(placeOf(geoUri(place))).toEqual(place)
    expect(findPlace(mapLink(place))).toEqual(place)
  }
  expect(coordinates(sydney)).toBe('33.8568° S, 151.2153° E')
})
