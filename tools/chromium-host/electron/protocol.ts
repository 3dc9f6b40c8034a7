/** https://www.electronjs.org/docs/latest/api/protocol and /session: our own schemes and permissions. */
import { unavailable, theBrowser } from '../host.ts'

type SchemeHandler = (request: Request) => Response | Promise<Response>
type PermissionHandler = (contents: unknown, permission: string, decide: (granted: boolean) => void, details: unknown) => void

class Protocol {
  readonly #handlers = new Map<string, SchemeHandler>()

  /** Does nothing: every scheme here is served from a secure origin of its own. */
  registerSchemesAsPrivileged = (): void => undefined

  handle(scheme: string, handler: SchemeHandler): void {
    this.#handlers.set(scheme, handler)
  }

  unhandle(scheme: string): void {
    this.#handlers.delete(scheme)
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme)
  }

  /** For the host: answers a page's request; null for a scheme without a handler. */
  async serve(url: string, method: string, headers: Record<string, string>): Promise<Response | null> {
    const handler = this.#handlers.get(url.slice(0, url.indexOf(':')))
    return handler === undefined ? null : await handler(new Request(url, { method, headers }))
  }
}

export const protocol = new Protocol()

/** Electron's permission names, mapped to the DevTools protocol's. */
const PERMISSIONS: Record<string, string> = {
  notifications: 'notifications',
  geolocation: 'geolocation',
  media: 'audioCapture',
  'clipboard-read': 'clipboardReadWrite',
  'clipboard-sanitized-write': 'clipboardSanitizedWrite',
  midi: 'midi',
  'idle-detection': 'idleDetection'
}

class Session {
  readonly protocol = protocol
  readonly webRequest = {
    onBeforeRequest: (): void => unavailable('session.webRequest (no page can reach a network here)'),
    onHeadersReceived: (): void => unavailable('session.webRequest (no page can reach a network here)')
  }
  #request: PermissionHandler | null = null
  #check: ((contents: unknown, permission: string) => boolean) | null = null

  setPermissionRequestHandler(handler: PermissionHandler | null): void {
    this.#request = handler
  }

  setPermissionCheckHandler(handler: ((contents: unknown, permission: string) => boolean) | null): void {
    this.#check = handler
  }

  /** The host has no dictionaries. */
  readonly availableSpellCheckerLanguages: string[] = []
  setSpellCheckerLanguages = (): void => undefined
  setSpellCheckerEnabled(on: boolean): void {
    if (on) unavailable('spell checking')
  }

  /** For the host: asks the handlers once for each permission and grants only those; all others are denied. */
  async applyPermissions(): Promise<void> {
    const granted: string[] = []
    for (const [electronName, name] of Object.entries(PERMISSIONS)) {
      const allowed = await new Promise<boolean>((resolve) => {
        if (this.#check !== null && !this.#check(null, electronName)) resolve(false)
        else if (this.#request === null) resolve(false)
        else this.#request(null, electronName, resolve, {})
      })
      if (allowed) granted.push(name)
    }
    await theBrowser().send('Browser.grantPermissions', { permissions: granted })
  }
}

export const session = { defaultSession: new Session(), fromPartition: (): Session => session.defaultSession }
