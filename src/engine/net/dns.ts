/** DNS queries, each with a timeout. */
import { lookup, Resolver } from 'node:dns/promises'
import type { SrvRecord } from 'node:dns'
import { ConnectionError } from './problem.ts'

/** Timeout of a query, ms. */
const LOOKUP_MS = 5000
/** Largest number of addresses of one name that are tried. */
const MOST_ADDRESSES = 16

let servers: readonly string[] | null = null
/** Queries these servers (address:port) for records instead of the system's; null: the system's again. */
export function useNameServers(addresses: readonly string[] | null): void {
  servers = addresses
}

/** Answer of a query; rejects with ConnectionError on a timeout, otherwise with the system's error. */
async function answered<T>(question: Promise<T>, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConnectionError('unknown-host', `the DNS did not answer for ${name} within ${LOOKUP_MS / 1000} s`)), LOOKUP_MS)
  })
  try {
    return await Promise.race([question, late])
  } finally {
    clearTimeout(timer)
  }
}

/** SRV records (RFC 2782) of a name. Rejects if there are none, or on a DNS failure. */
export async function srvRecords(name: string): Promise<SrvRecord[]> {
  // one resolver per query: it keeps the servers of the network that was current when it was made
  const resolver = new Resolver()
  if (servers !== null) resolver.setServers(servers)
  try {
    return await answered(resolver.resolveSrv(name), name)
  } finally {
    resolver.cancel()
  }
}

/** IPv6 and IPv4 addresses alternating, starting with the family that the system puts first (RFC 8305 section 4). */
export function inTurn(addresses: readonly { address: string; family: number }[]): string[] {
  const first = addresses[0]?.family
  const one = addresses.filter(({ family }) => family === first)
  const other = addresses.filter(({ family }) => family !== first)
  return [...one.flatMap((each, i) => [each, ...other.slice(i, i + 1)]), ...other.slice(one.length)].map(({ address }) => address)
}

/** Addresses of a name, in the order to try them; an address resolves to itself. */
export const addressesOf = async (name: string): Promise<string[]> => inTurn(await answered(lookup(name, { all: true }), name)).slice(0, MOST_ADDRESSES)
