/**
 * Display with several screens that can be plugged in and out: Xtigervnc has as many RANDR outputs as its viewer requests (RFC 6143, message
 * 251).
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { freePort } from '../../src/demo/prosody.ts'
import { spawnOn, type Desktop } from '../../tools/start/desktop.ts'

export interface Screen {
  x: number
  y: number
  width: number
  height: number
}

export interface Screens extends Desktop {
  /** Plugs in exactly these screens. */
  plug(screens: readonly Screen[]): void
  stop(): void
}

const VERSION = 'RFB 003.008\n'
const WITHOUT_PASSWORD = 1
const SHARED = 1
/** Pseudo encoding of viewers that support several screens. */
const SEVERAL_SCREENS = -308

function encodings(): Buffer {
  const message = Buffer.alloc(8)
  message.writeUInt8(2, 0)
  message.writeUInt16BE(1, 2)
  message.writeInt32BE(SEVERAL_SCREENS, 4)
  return message
}

function layout(screens: readonly Screen[]): Buffer {
  const message = Buffer.alloc(8 + 16 * screens.length)
  message.writeUInt8(251, 0)
  message.writeUInt16BE(Math.max(...screens.map(({ x, width }) => x + width)), 2)
  message.writeUInt16BE(Math.max(...screens.map(({ y, height }) => y + height)), 4)
  message.writeUInt8(screens.length, 6)
  for (const [index, { x, y, width, height }] of screens.entries()) {
    const at = 8 + 16 * index
    message.writeUInt32BE(index + 1, at)
    for (const [place, value] of [x, y, width, height].entries()) message.writeUInt16BE(value, at + 4 + 2 * place)
  }
  return message
}

/** Connects as a viewer: answers the server's handshake and ignores everything after it. */
async function viewer(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  for (const answer of [VERSION, Buffer.from([WITHOUT_PASSWORD]), Buffer.from([SHARED])]) {
    await once(socket, 'data')
    socket.write(answer)
  }
  await once(socket, 'data')
  socket.resume()
  socket.write(encodings())
  return socket
}

/** Starts another display of the same desktop, with one screen. Without a window manager, so that only the app moves its windows. */
export async function startScreens(desktop: Desktop, first: Screen): Promise<Screens> {
  const port = await freePort()
  const server = spawnOn(
    desktop,
    'Xtigervnc',
    [
      '-displayfd',
      '3',
      '-geometry',
      `${first.width}x${first.height}`,
      '-depth',
      '24',
      '-auth',
      desktop.env['XAUTHORITY'] ?? '',
      '-SecurityTypes',
      'None',
      '-localhost',
      '-rfbport',
      String(port)
    ],
    ['ignore', 'ignore', 'pipe']
  )
  const [line] = (await once(server.stdio[3] as Readable, 'data')) as [Buffer]
  const socket = await viewer(port)
  return {
    ...desktop,
    env: { ...desktop.env, DISPLAY: `:${line.toString('utf8').trim()}` },
    plug: (screens) => void socket.write(layout(screens)),
    stop() {
      socket.destroy()
      server.stdin?.end()
    }
  }
}
