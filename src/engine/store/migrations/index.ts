/** Schema changes, in order. To add one: a new file 0030-purpose.ts and a line here; never change an old one. */
import type { WritableDB } from '../handles.ts'
import { sql as messages } from './0001-messages.ts'
import { sql as search } from './0002-search.ts'
import { sql as names } from './0003-names.ts'
import { sql as changes } from './0004-changes.ts'
import { sql as media } from './0005-media.ts'
import { sql as conversations } from './0006-conversations.ts'
import { sql as people } from './0007-people.ts'
import { sql as raw } from './0008-raw.ts'
import { sql as accounts } from './0009-accounts.ts'
import { sql as keeping } from './0010-keeping.ts'
import { sql as previews } from './0011-previews.ts'
import { sql as clearing } from './0012-clearing.ts'
import { sql as links } from './0013-links.ts'
import { sql as losingNothing } from './0014-losing-nothing.ts'
import { sql as errands } from './0015-errands.ts'
import { sql as occupants } from './0016-occupants.ts'
import { migrate as places } from './0017-places.ts'
import { sql as orderOfChanges } from './0018-order-of-changes.ts'
import { sql as missed } from './0019-missed.ts'
import { sql as pictures } from './0020-pictures.ts'
import { sql as joined } from './0021-joined.ts'
import { sql as sharedIds } from './0022-shared-ids.ts'
import { sql as around } from './0023-around.ts'
import { sql as omemo } from './0024-omemo.ts'
import { sql as thumbnails } from './0025-thumbnails.ts'
import { sql as mentions } from './0026-mentions.ts'
import { sql as agenda } from './0027-agenda.ts'
import { sql as omemo2 } from './0028-omemo-2.ts'
import { sql as compact } from './0029-compact.ts'
import { sql as stickers } from './0030-stickers.ts'
import { sql as lastChange } from './0031-last-change.ts'
import { sql as doubtfulDevices } from './0032-doubtful-devices.ts'
import { sql as wholeIds } from './0033-whole-ids.ts'
import { sql as readByAnswer } from './0034-read-by-answer.ts'
import { sql as linkPictures } from './0035-link-pictures.ts'

/** Migration step: SQL, or a function where SQL does not suffice; runs in a transaction. */
export type Migration = string | ((db: WritableDB) => void)

export const migrations: readonly Migration[] = [
  messages,
  search,
  names,
  changes,
  media,
  conversations,
  people,
  raw,
  accounts,
  keeping,
  previews,
  clearing,
  links,
  losingNothing,
  errands,
  occupants,
  places,
  orderOfChanges,
  missed,
  pictures,
  joined,
  sharedIds,
  around,
  omemo,
  thumbnails,
  mentions,
  agenda,
  omemo2,
  compact,
  stickers,
  lastChange,
  doubtfulDevices,
  wholeIds,
  readByAnswer,
  linkPictures
]
