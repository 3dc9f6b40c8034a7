/** Identity of the current network, as far as this computer's own addresses show it. */
import { networkInterfaces } from 'node:os'

/** Key of the current network; empty without a network. IPv6 addresses within one prefix change by themselves. */
export function networkKey(interfaces = networkInterfaces()): string {
  const prefixes = Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ internal, family, address, cidr }) =>
      internal || address.startsWith('fe80:') ? [] : [`${name} ${family === 'IPv6' ? address.split(':').slice(0, 4).join(':') : (cidr ?? address)}`]
    )
  )
  return [...new Set(prefixes)].sort().join(', ')
}
