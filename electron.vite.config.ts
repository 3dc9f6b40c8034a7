import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

/** Licences of a bundle's content, written beside it; tools/dist/notices.ts reads them. */
const license = { fileName: 'licenses.json' }
const at = (path: string): string => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      license,
      rollupOptions: {
        input: {
          index: at('src/main/index.ts'),
          'store-worker': at('src/engine/threads/worker.ts'),
          'transfer-worker': at('src/engine/history-files/worker.ts')
        },
        external: ['electron'],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' }
      }
    }
  },
  preload: {
    build: {
      license,
      rollupOptions: {
        input: { bridge: at('src/preload/bridge.ts') },
        // a sandboxed preload script must be CommonJS
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [vue()],
    build: {
      license,
      // every window holds the text of its scripts, two bytes per character
      minify: true,
      rollupOptions: {
        input: {
          main: at('src/renderer/windows/main/index.html'),
          chat: at('src/renderer/windows/chat/index.html'),
          search: at('src/renderer/windows/search/index.html'),
          settings: at('src/renderer/windows/settings/index.html'),
          viewer: at('src/renderer/windows/viewer/index.html')
        }
      }
    }
  }
})
