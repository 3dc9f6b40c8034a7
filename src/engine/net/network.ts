/** Which network this computer is in, as far as its own addresses show. */
import { networkInterfaces } from 'node:os'

/** The same for the same network; empty without any. Addresses of one IPv6 prefix change by themselves. */
export function networkKey(interfaces = networkInterfaces()): string {
  const prefixes = Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ internal, family, address, cidr }) =>
      internal || address.startsWith('fe80:') ? [] : [`${name} ${family === 'IPv6' ? address.split(':').slice(0, 4).join(':') : (cidr ?? address)}`]
    )
  )
  return [...new Set(prefixes)].sort().join(', ')
}
