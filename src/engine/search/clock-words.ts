/** English words for times of a day, in the forms that the grammars know: half past three, 9 this morning, late last night. Pure. */
const HOURS = 'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve'
const NAMES = HOURS.split('|')
const DAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const PART_OF = `this (?:morning|afternoon|evening)|tonight|last night|(?:yesterday|today|tomorrow|${DAY}) (?:morning|afternoon|evening|night)`
const numberOf = (hour: string): number => (/^\d/.test(hour) ? Number(hour) : NAMES.indexOf(hour) + 1)

const PAST = new RegExp(`\\b(half|(?:a )?quarter|(\\d{1,2}) minutes?|(\\d{1,2})(?= past)) (past|after|to|before) (${HOURS}|\\d{1,2})(?![\\d:])`, 'u')
const BEFORE_PART = new RegExp(`^(?:at )?(\\d{1,2}(?::\\d{2})?|${HOURS})(?: o'?clock)?,? (?:in the |on )?(${PART_OF})$`, 'u')
const IN_PART = new RegExp(`^(.+?) (?:at )?(?:(?:lunch|noon)[- ]?time|lunch)$`, 'u')

export const clockWords = (word: string): string =>
  word
    .replace(PAST, (whole, part: string, long: string | undefined, short: string | undefined, sign: string, hour: string) => {
      const minutes = long ?? short
      const at = numberOf(hour)
      const minute = part === 'half' ? 30 : minutes === undefined ? 15 : Number(minutes)
      const before = sign === 'to' || sign === 'before'
      if (at < 1 || at > 24 || minute > 59 || (part === 'half' && before)) return whole
      return before ? `${at === 1 ? 12 : at - 1}:${String(60 - minute).padStart(2, '0')}` : `${at}:${String(minute).padStart(2, '0')}`
    })
    .replace(/^(\d{1,2}:\d{2}) (yesterday|today|[a-z]+day)$/u, '$2 $1')
    .replace(BEFORE_PART, (_, hour: string, part: string) => `${part} at ${/^\d/.test(hour) ? hour : String(numberOf(hour))}`)
    .replace(IN_PART, '$1 noon')
    .replace(/^(?:early|first thing) (yesterday|today|this morning|tomorrow)(?: morning)?$/u, (_, day: string) =>
      day === 'this morning' ? day : `${day} morning`
    )
    .replace(/^late (?:on )?(yesterday|today|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/u, (_, day: string) =>
      day === 'tonight' ? day : `${day} night`
    )
    .replace(/^late (?=(?:last night|.+ (?:evening|night))$)/u, '')
    .replace(/^(?:late )?last night,? (?:at |around |about )?midnight$/u, 'midnight')
    .replace(/^this (day) last (week|month)$/u, 'same $1 last $2')
    .replace(/^(yesterday|last (?:week|month|year)),? (?:at )?(?:about )?(?:this|the same) time$/u, 'this time $1')
    // yesterday between 3 and 5pm, friday from 14:00 to 16:00
    .replace(
      /^(.+?),? (?:between|from) (\d{1,2}(?::\d{2})?) ?([ap]m)? ?(?:and|to|until|till|-) ?(\d{1,2}(?::\d{2})?) ?([ap]m)?$/u,
      (whole, day: string, first: string, half: string | undefined, last: string, end: string | undefined) =>
        end !== undefined
          ? `${first}${half ?? end}-${last}${end} ${day}`
          : half === undefined && first.includes(':') && last.includes(':')
            ? `${day} ${first} to ${last}`
            : whole
    )
