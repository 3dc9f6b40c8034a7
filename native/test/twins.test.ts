/** Equivalent spellings: each finds the other, in the index and in comparisons, with complete highlights. */
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { storeFiles } from '../../test/support/files.ts'

const db = new Database(':memory:')
db.loadExtension(storeFiles('/').extension)
db.exec("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'mnemo')")
const insert = db.prepare('INSERT INTO texts(rowid, text) VALUES (?, ?)')
const match = db.prepare<[string], number>('SELECT rowid FROM texts WHERE texts MATCH mnemo_phrase(?) ORDER BY rowid').pluck()
const fold = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
const contains = db.prepare<[string, string], number>('SELECT mnemo_contains(?, ?)').pluck()
const rangesOf = db.prepare<[string, string], string>('SELECT mnemo_ranges(?, ?)').pluck()

/** Rows of equivalent forms, separated by an em space, which no form contains. */
const TWINS: Record<string, string> = {
  'rows of long marks': 'すごーい すごーーい すごーーーーい すごおい スゴーイ すご〜い すご～～い すご~い ｽｺﾞｰｲ',
  'waves behind kana without a vowel': 'んーと んーーと ん〜と ン〜ト',
  'voicing marks that stand alone': 'ど と゛ と\u3099 ド ト゛ ﾄﾞ',
  'voicing marks of h': 'ぱ は゜ は\u309a パ ハ゜ ﾊﾟ',
  'voiced w': 'ヷ ワ゛ わ\u3099',
  'squared words': '株式会社 ㍿ 株式會社',
  'units of kana': 'センチ ㌢ せんち',
  'an old form of Korea': '告 吿',
  'old forms of the sets of Japan': '釜 釡 鬴',
  'forms of names': '槙 槇',
  'forms of family names': '土 圡 𡈽',
  'an empress made this one': '国 圀 國 囯 囻',
  'forms of writers online': '出 岀',
  'forms of Cantonese': '你 伱 妳',
  'words that Taiwan writes otherwise': '睡着 睡著',
  'words that Hong Kong writes otherwise': '什么 甚麼 什麼 甚么',
  'to understand': '了解 瞭解',
  'to answer': '回复 回覆 回復',
  'an excuse': '借口 藉口',
  'to sink': '沉没 沈沒 沉沒',
  'to hesitate': '彷徨 徬徨',
  'as if': '仿佛 彷彿 髣髴',
  'it, of animals': '它们 牠們 它們',
  'a tower, with a blank between the scripts': '東京タワー 東京 タワー 东京タワー',
  'letters in filled squares': 'hi 🅷🅸 ＨＩ',
  'nasal signs of Gurmukhi': 'ਪੰਜਾਬ ਪਂਜਾਬ',
  compatibility: '福 福 福\ufe00',
  'Kangxi radicals': '金 ⾦ 金',
  'ideographic variation sequences': '葛 葛\u{e0100} 葛\u{e0101}',
  'forms of 邊': '边 邊 邉 辺 邊\u{e0100} 辺\u{e0101}',
  'forms of 高': '高 髙',
  崎: '崎 﨑 嵜 㟢',
  ligatures: 'office oﬃce oﬀice ｏﬃｃｅ OFFICE',
  'Armenian ligature': 'մն ﬓ ՄՆ',
  superscripts: 'x2 x² x₂ ｘ２',
  'numbers in signs': '12 ⑫ ⓬ １２ 𝟏𝟐',
  'numbers of lists': '3. ⒊',
  'numbers in brackets': '(7) ⑺ （７）',
  'signs of Roman numbers': 'xii Ⅻ ⅻ XII',
  'letters in signs': 'a ⓐ Ⓐ 🄰 𝓐 ａ',
  units: 'm2 m² ㎡',
  jamo: '한국 한국 \u1112\u1161\u11ab\u1100\u116e\u11a8',
  'halfwidth jamo': 'ᄀ ㄱ ﾡ ㉠',
  'a filler of Hangul': 'ab a\u3164b a\uffa0b a\u115fb',
  'presentation forms': 'مرحبا ﻣﺮﺣﺒﺎ مَرْحَبًا مــرحبا',
  'lam and alef': 'لا ﻻ لأ ﻷ',
  allah: 'الله ﷲ اللّٰه',
  'Thai sara am': 'น้ำ น\u0e49\u0e4d\u0e32 น\u0e4d\u0e49\u0e32',
  'Lao sara am': 'ນ້ຳ ນ\u0ec9\u0ecd\u0eb2 ນ\u0ecd\u0ec9\u0eb2',
  'Thai sara ae': 'แม่ เเม่',
  'Khmer inherent vowels': 'កខ ក\u17b4ខ ក\u17b5ខ ក\u200bខ',
  'Burmese with blanks of no width': 'မြန်မာ မြန်\u200bမာ',
  'Hebrew points and ligatures': 'שלום שָׁלוֹם שׁלום שלומ',
  Yiddish: 'יידיש ײדיש ײִדיש',
  nukta: 'सड़क सडक सड\u093cक',
  'joiners of India': 'क्ष क्\u200dष क्\u200cष',
  'joiner of Persian': 'می\u200cخواهم میخواهم مي\u200cخواهم',
  'soft hyphen': 'cooperate co\u00adoperate',
  'marks of direction': 'abc a\u200ebc\u200f \u2066abc\u2069 a\u202bb\u202cc',
  'word joiner and BOM': 'ab a\u2060b a\ufeffb a\u200bb a\u200db',
  'marks on marks': 'zalgo Z\u0338\u0322\u031ba\u0335l\u0336g\u0337o\u0338',
  'sharp s': 'strasse Straße STRAẞE ſtraße',
  'Turkish i': 'iğdir Iğdır İĞDİR ıgdır IGDIR',
  Vietnamese: 'duong đường Đường ĐƯỜNG đu\u031bo\u031b\u0300ng',
  'Greek final sigma and accents': 'οδυσσευσ ὈΔΥΣΣΕΎΣ Ὀδυσσεύς οδυσσευς',
  'Greek symbols': 'θεμα ϑεμα θέμα',
  'Cyrillic ё': 'елка ёлка Ёлка е\u0308лка',
  'Cyrillic й': 'мой мои\u0306 МОЙ',
  'Ukrainian apostrophes': "п'ять п’ять пʼять п`ять п′ять",
  'full stops': '好的。 好的. 好的｡ 好的．',
  'Chinese dots': '等等。。。 等等... 等等…',
  'corner, lenticular and tortoise shell brackets': '【新】 [新] 〔新〕 ［新］ 〚新〛',
  'titles of books': '《红楼梦》 <<红楼梦>>',
  lists: '苹果、香蕉 苹果,香蕉 苹果，香蕉 苹果､香蕉',
  'signs of Arabic': 'كم؟ كم? كم？',
  'Arabic fractions': '٣٫٥٪ 3.5% ３．５％',
  'zeros of years': '二〇二四 二○二四 二◯二四',
  'letters in filled squares, one of them an emoji': 'hello 🅷🅴🅻🅻🅾 ＨＥＬＬＯ',
  sizes: '1920x1080 1920×1080',
  'Khmer subscripts of one look': 'សួស្តី សួស្ដី',
  'letters of Hausa': 'kasa ƙasa Ƙasa',
  'small capitals': 'abc ᴀʙᴄ',
  'numerals of Suzhou': '123 〡〢〣',
  'clock times': '3:00 3：00 3∶00 ３：００',
  'points in names': '玛丽·居里 玛丽・居里 玛丽•居里 瑪麗‧居里 玛丽･居里',
  mail: 'a.b@c.de Ａ．Ｂ＠Ｃ．ＤＥ a．b＠c．de',
  tags: '#tag ＃ｔａｇ ﹟tag',
  'currency signs': '￥5 ¥5 ¥５',
  dots: '... … ⋯ ‥.',
  keycaps: '1 1️⃣ 1⃣',
  'Georgian capitals': 'ᲡᲐ სა',
  'Deseret capitals': '𐐀 𐐨',
  Cherokee: 'Ꭰ ꭰ'
}
const rows = Object.entries(TWINS).map(([name, forms]) => [name, forms.split('\u2003')] as const)

test('each form finds each other one, and the whole of it is highlighted', () => {
  const wrong: string[] = []
  let at = 0
  for (const [name, forms] of rows) {
    for (const text of forms) {
      insert.run(++at, `☃${text}☂`)
      for (const piece of forms) {
        const said = `${name}: ${text} by ${piece}`
        if (!match.all(piece).includes(at)) wrong.push(`${said}, not in the index`)
        if (contains.get(text, piece) !== 1) wrong.push(`${said}, not beside it`)
        // a form that begins with combining signs extends the character before it
        const marked = rangesOf.get(`☃${text}☂`, piece)
        const [start = 0, end = 0] = (marked ?? '').split(',').map(Number)
        const rest = `☃${text}☂`.slice(0, start) + `☃${text}☂`.slice(end)
        if (rest.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '') !== '☃☂') wrong.push(`${said}, marked ${marked}`)
      }
    }
  }
  expect(rows.length).toBeGreaterThan(60)
  expect(rows.every(([, forms]) => forms.length > 1)).toBe(true)
  expect(wrong).toEqual([])
})

/** Pairs of different words that look or sound alike. */
const APART =
  'は ば|ビル ビール|мой мои|丼 井|喆 哲|犇 奔|堃 坤|咲 笑|芸 艺|雲 芸|人 入|日 曰|土 士|未 末|己 已|ソ ン|シ ツ|カ 力|ー 一|口 ロ|工 エ|二 ニ|夕 タ|へ 一|है हैं|มา ม่า|แ เ|o 0|l 1|ט מ|ב כ|ر ز|ب ت|د ذ|ש ס|ㅏ ㅑ|가 까|α a|в b|р p|с c|≠ =|ß b|ñ m|ä ae|ü ue|🅾 o|🆗 ok|🇴 o|斉 斎|қ к|پ ب|。 ，|ដ ត|ー -|あ ああ|3.5 3:5|a-b ab|a_b ab|a.b ab|@a a|#a a'

test('forms that only look or sound alike stay distinct', () => {
  const wrong = APART.split('|').filter((pair) => {
    const [a = '', b = ''] = pair.split(' ')
    return fold.get(a) === fold.get(b)
  })
  expect(wrong).toEqual([])
})
