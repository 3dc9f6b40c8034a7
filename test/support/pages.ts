/** Local web server for link previews: pages by path, with a given certificate. */
import { createServer, type ServerOptions } from 'node:https'

export interface WebPage {
  type: string
  body: string | Buffer
  /** Redirect in place of a page. */
  redirect?: string
}

/** `asked`: requested paths, in order. */
export async function startPages(
  tls: Pick<ServerOptions, 'key' | 'cert'>,
  pages: Record<string, WebPage>,
  address = '127.0.0.1'
): Promise<{ origin: string; asked: string[]; pages: Record<string, WebPage>; close(): void }> {
  const asked: string[] = []
  const server = createServer(tls, (request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const page = pages[path]
    if (page === undefined) response.writeHead(404).end()
    else if (page.redirect !== undefined) response.writeHead(302, { location: page.redirect }).end()
    else response.writeHead(200, { 'content-type': page.type }).end(page.body)
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const bound = server.address()
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0
  return { origin: `https://${address === '127.0.0.1' ? 'localhost' : address}:${port}`, asked, pages, close: () => void server.close(() => undefined) }
}
