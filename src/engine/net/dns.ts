/** Questions to the DNS, none of which is waited for without end. */
import { lookup, Resolver } from 'node:dns/promises'
import type { SrvRecord } from 'node:dns'
import { ConnectionError } from './problem.ts'

/** A question that is not answered within this time is not, ms. */
const LOOKUP_MS = 5000
/** Addresses of one name that are tried. */
const MOST_ADDRESSES = 16

let servers: readonly string[] | null = null
/** Asks these servers (address:port) for records in place of the system's; null: the system's again. */
export function useNameServers(addresses: readonly string[] | null): void {
  servers = addresses
}

/** What a question says; rejects with ConnectionError where it says nothing in time, with the system's error otherwise. */
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

/** SRV records (RFC 2782) of a name. Rejects where there are none, or the DNS fails. */
export async function srvRecords(name: string): Promise<SrvRecord[]> {
  // one for each question: it knows the servers of the network that this computer was in when it was made
  const resolver = new Resolver()
  if (servers !== null) resolver.setServers(servers)
  try {
    return await answered(resolver.resolveSrv(name), name)
  } finally {
    resolver.cancel()
  }
}

/** IPv6 and IPv4 in turn, beginning with the family that the system puts first (RFC 8305 section 4). */
export function inTurn(addresses: readonly { address: string; family: number }[]): string[] {
  const first = addresses[0]?.family
  const one = addresses.filter(({ family }) => family === first)
  const other = addresses.filter(({ family }) => family !== first)
  return [...one.flatMap((each, i) => [each, ...other.slice(i, i + 1)]), ...other.slice(one.length)].map(({ address }) => address)
}

/** The addresses of a name, in the order to try them; an address's own is itself. */
export const addressesOf = async (name: string): Promise<string[]> => inTurn(await answered(lookup(name, { all: true }), name)).slice(0, MOST_ADDRESSES)
