/** Small DNS server on loopback (RFC 1035): answers only with a test's SRV records. */
import { createSocket } from 'node:dgram'
import { useNameServers } from '../../src/engine/net/dns.ts'

export interface Srv {
  name: string
  port: number
  priority?: number
  weight?: number
}

export interface DnsServer extends AsyncDisposable {
  /** Records by name, such as _xmpp-client._tcp.example.org; other names do not exist. */
  records: Map<string, Srv[]>
  /** Receives queries without answering. */
  silent: boolean
  /** address:port */
  address: string
  /** Queried names. */
  asked: string[]
}

const label = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter((part) => part !== '')
      .map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])),
    Buffer.from([0])
  ])

function answer(question: Buffer, { records, asked }: DnsServer): Buffer {
  let at = 12
  const parts: string[] = []
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    parts.push(question.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  const end = at + 5
  const name = parts.join('.').toLowerCase()
  asked.push(name)
  const found = question.readUInt16BE(at + 1) === 33 ? (records.get(name) ?? []) : []
  const header = Buffer.from(question.subarray(0, 12))
  // flags: an answer, recursion available; 3: no such name
  header.writeUInt16BE(0x8180 | (records.has(name) ? 0 : 3), 2)
  header.writeUInt16BE(found.length, 6)
  // additional records of the query (EDNS) are not answered
  header.writeUInt16BE(0, 10)
  header.writeUInt32BE(0, 8)
  return Buffer.concat([
    header,
    question.subarray(12, end),
    ...found.flatMap(({ name: target, port, priority = 0, weight = 0 }) => {
      const data = label(target)
      const head = Buffer.alloc(18)
      // pointer to the query's name; SRV, IN, TTL 0
      head.writeUInt16BE(0xc00c, 0)
      head.writeUInt16BE(33, 2)
      head.writeUInt16BE(1, 4)
      head.writeUInt16BE(data.length + 6, 10)
      head.writeUInt16BE(priority, 12)
      head.writeUInt16BE(weight, 14)
      head.writeUInt16BE(port, 16)
      return [head, data]
    })
  ])
}

/** Starts the server; if `isOurs`, Mnemo in this process queries it until it is disposed of. */
export async function startDns(isOurs = true): Promise<DnsServer> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const server: DnsServer = {
    records: new Map(),
    silent: false,
    address: `127.0.0.1:${socket.address().port}`,
    asked: [],
    async [Symbol.asyncDispose]() {
      if (isOurs) useNameServers(null)
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    }
  }
  socket.on('message', (question, { port, address }) => {
    if (!server.silent) socket.send(answer(question, server), port, address)
  })
  if (isOurs) useNameServers([server.address])
  return server
}
