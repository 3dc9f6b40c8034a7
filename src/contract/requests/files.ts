/** Requests about files and stickers. */
import { z } from 'zod'
import { ContactFile } from '../contact-files.ts'
import { ConversationId, Message, Preview } from '../domain.ts'
import { LARGEST_PIECE } from '../limits.ts'
import { MOST_STICKERS, Sticker, StickerFate, StickerPack } from '../stickers.ts'
import { AttachmentId, call, nothing } from './call.ts'

export const fileRequests = {
  /** Upload limit of the server, bytes; `accepts` false: no uploads at all. */
  'files.limit': call(z.object({ conversation: ConversationId }), z.object({ accepts: z.boolean(), largest: z.number().int().nullable() })),
  /** Begins to hand over a file, which `files.append` continues in order and `files.send` or `files.abort` ends; returns its token. */
  'files.begin': call(
    z.object({
      name: z.string().min(1).max(1000),
      bytes: z
        .number()
        .int()
        .min(0)
        .max(2 ** 40),
      type: z.string().max(200),
      preview: Preview.nullable()
    }),
    z.string()
  ),
  'files.append': call(z.object({ token: z.string().max(100), base64: z.string().max(LARGEST_PIECE * 1.5) }), nothing),
  'files.send': call(z.object({ token: z.string().max(100), conversation: ConversationId }), Message),
  'files.abort': call(z.object({ token: z.string().max(100) }), nothing),
  /** Stickers of the user, by pack. */
  'stickers.list': call(nothing, z.array(Sticker)),
  /** Adds a picture that was handed over. */
  'stickers.add': call(z.object({ token: z.string().max(100), pack: z.string().trim().max(80) }), StickerFate),
  /** Adds the pictures of a .zip that was handed over. */
  'stickers.addZip': call(z.object({ token: z.string().max(100) }), StickerPack),
  /** Adds the picture of a message unchanged. */
  'stickers.copy': call(z.object({ attachment: AttachmentId }), StickerFate),
  'stickers.send': call(z.object({ conversation: ConversationId, sticker: z.number().int().positive() }), Message),
  'stickers.favour': call(z.object({ id: z.number().int().positive(), favourite: z.boolean() }), nothing),
  'stickers.remove': call(z.object({ ids: z.array(z.number().int().positive()).min(1).max(MOST_STICKERS) }), nothing),
  /** Downloads an attachment; `files.cancel` stops it. */
  'files.fetch': call(z.object({ id: AttachmentId }), nothing),
  'files.cancel': call(z.object({ id: AttachmentId }), nothing),
  /** Contact cards in a file. */
  'files.contacts': call(z.object({ id: AttachmentId }), z.array(ContactFile)),
  'files.open': call(z.object({ id: AttachmentId }), nothing),
  'files.reveal': call(z.object({ id: AttachmentId }), nothing),
  /** Starts dragging the file out of the window. */
  'files.drag': call(z.object({ id: AttachmentId }), nothing),
  /** Keeps a small WebP of the picture for the next time. */
  'files.keepThumbnail': call(
    z.object({
      id: AttachmentId,
      base64: z
        .string()
        .regex(/^UklGR[A-Za-z0-9+/]+={0,2}$/)
        .max(90_000)
    }),
    nothing
  ),
  /** Saves a copy where the user chooses; false if canceled. */
  'files.save': call(z.object({ id: AttachmentId }), z.boolean())
} as const
