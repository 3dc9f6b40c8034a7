/** Server that signs anybody in and then sends any given stanza, including those that no real server would send. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import type { AccountSettings, Jid } from '../../src/contract/domain.ts'

/** Request of the client. */
export interface Request {
  id: string
  /** Addressee; '' if there is none. */
  to: string
  /** Whole request as XML. */
  xml: string
}

export interface HostileServer {
  settings: AccountSettings
  /** Sends raw text to the signed-in client. */
  say(xml: string): void
  /** Address that was bound. */
  readonly full: string
  /** Everything the client has sent since it signed in. */
  readonly heard: string
  /** Number of sign-ins. */
  readonly streams: number
  /** Only mechanism offered, PLAIN at first; '': none at all; null: everybody is let in unasked. */
  offer: string | null
  /** Answer to <auth/> in place of a success. */
  answers: { auth?: string }
  /** Text that makes the server end the stream with an error. */
  poison: string | null
  /** Additional stream features after the sign-in. */
  features: string
  /** Content of the answer to a roster request. */
  roster: string
  /** Answers a request in the server's place; null: default answer. */
  answer: ((request: Request) => string | null) | null
  /** vCard requests are left to the test. */
  vcards: boolean
  /** Answer to <enable/> (XEP-0198); '': none. */
  enabled: string
  /** Ends the stream without closing it. */
  drop(): void
  /** Key and certificate. */
  key: Buffer
  cert: Buffer
  close(): void
}

const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='x' from='evil.example' version='1.0'>`

export async function hostileServer(): Promise<HostileServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mnemo-hostile-'))
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=evil.example', '-keyout', join(folder, 'key'), '-out', join(folder, 'crt')],
    { stdio: 'pipe' }
  )
  const [key, cert] = [readFileSync(join(folder, 'key')), readFileSync(join(folder, 'crt'))]
  rmSync(folder, { recursive: true })
  let client: TLSSocket | null = null
  let heard = ''
  let streams = 0
  const server = createServer({ key, cert, ALPNProtocols: ['xmpp-client'] }, (socket) => {
    let signedIn = false
    let isPoisoned = false
    socket.setEncoding('utf8')
    socket.on('error', () => undefined)
    socket.on('data', (text: string) => {
      if (isPoisoned) return
      if (self.poison !== null && text.includes(self.poison)) {
        isPoisoned = true
        socket.write(`<stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`)
        return
      }
      if (text.includes('</stream:stream>')) socket.end('</stream:stream>')
      else if (text.includes('<stream:stream'))
        socket.write(
          HEADER +
            (signedIn || self.offer === null
              ? `<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${self.features}</stream:features>`
              : self.offer === ''
                ? `<stream:features><limits xmlns='urn:xmpp:stream-limits:0'/></stream:features>`
                : `<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>${self.offer}</mechanism></mechanisms></stream:features>`)
        )
      else if (text.includes('<auth ')) {
        signedIn = true
        socket.write(self.answers.auth ?? `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`)
      } else {
        heard += text
        if (text.includes('<enable ')) socket.write(self.enabled)
        if (text.includes('<resume ')) socket.write(`<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`)
        for (const [, attributes = ''] of text.matchAll(/<iq ([^>]*)>/g)) {
          const id = /id="([^"]+)"/.exec(attributes)?.[1] ?? ''
          if (!/type="(get|set)"/.test(attributes)) continue
          const xml = text.slice(text.indexOf(`<iq ${attributes}>`)).split('</iq>')[0] ?? ''
          const answered = self.answer?.({ id, to: /to="([^"]+)"/.exec(attributes)?.[1] ?? '', xml }) ?? null
          if (answered !== null) {
            socket.write(answered)
            continue
          }
          if (text.includes('xmpp-bind')) {
            client = socket
            streams++
            socket.write(`<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@evil.example/r</jid></bind></iq>`)
          } else if (text.includes('jabber:iq:roster')) socket.write(`<iq type='result' id='${id}'>${self.roster}</iq>`)
          else if (!(text.includes('vcard-temp') && self.vcards))
            socket.write(`<iq type='error' id='${id}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`)
        }
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const self: HostileServer = {
    offer: 'PLAIN',
    answers: {},
    poison: null,
    features: '',
    roster: `<query xmlns='jabber:iq:roster'><item jid='bob@evil.example' name='Bob' subscription='both'/></query>`,
    vcards: false,
    enabled: '',
    key,
    cert,
    drop: () => void client?.destroy(),
    answer: null,
    settings: {
      jid: 'alice@evil.example' as Jid,
      password: 'x',
      host: '127.0.0.1',
      port: address.port,
      security: 'direct-tls',
      proxy: null,
      trustedFingerprint: new X509Certificate(cert).fingerprint256
    },
    say: (xml) => void client?.write(xml),
    full: 'alice@evil.example/r',
    get heard() {
      return heard
    },
    get streams() {
      return streams
    },
    close() {
      client?.destroy()
      server.close()
    }
  }
  return self
}
