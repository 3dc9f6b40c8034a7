/** Icons for kinds of attachments. */
import { Contact, FileText, Image, Mic, Sticker, Video } from '@lucide/vue'

export const ATTACHMENT_ICONS = { image: Image, video: Video, voice: Mic, file: FileText, sticker: Sticker, contact: Contact }
