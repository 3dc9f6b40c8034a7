import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { createServer } from 'vite'

/** Serves the gallery to this computer only. */
export async function serveGallery(): Promise<{ url: string; close(): Promise<void> }> {
  const root = join(import.meta.dirname, 'page')
  const server = await createServer({
    configFile: false,
    root,
    plugins: [vue()],
    logLevel: 'error',
    cacheDir: join(root, '../../../node_modules/.cache/mnemo/gallery'),
    server: { host: '127.0.0.1', fs: { allow: [join(root, '../../..')] } }
  })
  await server.listen(0)
  const url = server.resolvedUrls?.local[0]
  if (url === undefined) throw new Error('the gallery server has no address')
  return { url, close: () => server.close() }
}
