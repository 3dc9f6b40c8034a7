/** npm run gallery: serves a page with every component in every state, until it is interrupted. */
import { serveGallery } from './serve.ts'

const { url } = await serveGallery()
process.stdout.write(`The gallery is at ${url} (?language=zh-CN, ?density=compact).\n`)
