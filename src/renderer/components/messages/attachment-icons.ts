/** What a file looks like before it is opened. */
import { FileText, Image, Mic, Video } from '@lucide/vue'

export const ATTACHMENT_ICONS = { image: Image, video: Video, voice: Mic, file: FileText }
