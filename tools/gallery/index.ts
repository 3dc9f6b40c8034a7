/** npm run gallery: serves the page that shows every component in every state, until it is interrupted. */
import { serveGallery } from './serve.ts'

const { url } = await serveGallery()
process.stdout.write(`The gallery is at ${url} (?language=zh-CN, ?density=compact).\n`)
