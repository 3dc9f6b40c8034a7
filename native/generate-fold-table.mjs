// Writes native/generated/fold_table.h: for every code point its folded form and its class. The rules, their sources and what
// stays apart are told in docs/folding.md. Run by the native build; Node's own Unicode data is a source, so it must run on the
// project's Node.
import { mkdirSync, writeFileSync } from 'node:fs'
import hongKong from '../node_modules/opencc-js/dist/esm-lib/dict/HKVariants.js'
import japanese from '../node_modules/opencc-js/dist/esm-lib/dict/JPShinjitaiCharacters.js'
import ts from '../node_modules/opencc-js/dist/esm-lib/dict/TSCharacters.js'
import taiwanese from '../node_modules/opencc-js/dist/esm-lib/dict/TWVariants.js'

export const SEPARATOR = 0
export const RUN = 1
export const SINGLE = 2

const pairs = (dictionary) => dictionary.split('|').map((pair) => pair.split(' ').slice(0, 2))

// Found with and without them: variation selectors, joiners, bidi controls, skin tones, combining marks of Latin, Greek and
// Cyrillic and of symbols; the points of Hebrew, Arabic, Syriac, Samaritan and Mandaic, which readers know without; tatweel; tones of
// N'Ko, gemination of Ethiopic, accents of Vedic Sanskrit; the nukta of every script (canonical combining class 7). All of them make
// no difference of the first level in CLDR's collation for search.
const IGNORED =
  /[\u00ad\u034f\u0300-\u036f\u0483-\u0489\u061c\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua67d\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\u{1f3fb}-\u{1f3ff}\u{e0000}-\u{e0fff}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u0711\u0730-\u074a\u0816-\u0819\u081b-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b\u07eb-\u07f3\u07fd\u135d-\u135f\u0951-\u0954\u1cd0-\u1ce0\u1ce2-\u1ce8\u1ced\u1cf4\u1cf7-\u1cf9\u093c\u09bc\u0a3c\u0abc\u0b3c\u0c3c\u0cbc\u{110ba}\u{11173}\u{111ca}\u{11236}\u{112e9}\u{1133b}\u{1133c}\u{11446}\u{114c3}\u{115c0}\u{116b7}\u{1183a}\u{11943}\u{11d42}\u{1e94a}]/u
const DIACRITICS = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/u
/** The stroke through a sign: it makes another sign where Unicode has that one (≠), else nothing. Composed in fold.cc. */
const STROKE = '\u0338'
const isNegated = (character) => [...character.normalize('NFD')].length > 1 && character.normalize('NFD').endsWith(STROKE) && !DIACRITICS.test(character)
/** What stays composed: syllables of Hangul, voiced kana, negated signs. All else is the sequence that Unicode takes it for. */
const isComposed = (character) => /[\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character) || isNegated(character)

/** Characters that readers take as one and Unicode does not: each of the first is the second. */
const twins = new Map()
const twin = (characters, one) => {
  for (const character of characters) twins.set(character, one)
}
// quotation marks and apostrophes, among them Hebrew's, Armenian's and the letters that stand for one
/** All characters with a property of Unicode but some. */
function* having(property, ...but) {
  const pattern = new RegExp(`\\p{${property}}`, 'u')
  for (let code = 0; code < 0x30000; code++) {
    const character = String.fromCodePoint(code)
    if (pattern.test(character) && !but.includes(character)) yield character
  }
}
// corner brackets are the quotation marks of Chinese and Japanese
twin(having('Quotation_Mark', "'", '"'), '"')
twin(
  '\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u00b4\u1ffd\uff07\u0060\u055a\u05f3\u07f4\u07f5\ua78b\ua78c\u275b\u275c\u275f',
  "'"
)
twin('\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ba\u02dd\u05f4\u301d\u301e\u301f\u275d\u275e\u2760\u2e42', '"')
// hyphens, dashes and the minus sign; the long mark of kana is a letter
twin(having('Dash', '-', '~', '\u301c', '\u3030', '\u2053'), '-')
twin('\u2043\ufe63\uff0d', '-')
// the stroke of fractions
twin('\u2044\u2215', '/')
twin('\u301c\u3030\u223c\u02dc\u2053', '~')
// letters with a stroke, joined letters and other letters of Latin that do not decompose (CLDR, Latin-ASCII)
for (const [one, letters] of Object.entries({
  a: 'ⱥᶏɐᴀ',
  aa: 'ꜳ',
  ae: 'æᴁ',
  ao: 'ꜵ',
  au: 'ꜷ',
  av: 'ꜹꜻ',
  ay: 'ꜽ',
  b: 'ƀɓƃʙᴃᵬᶀ',
  c: 'ȼƈɕᴄꞓ',
  d: 'đɖɗƌðȡᴅᴆᵭᶁᶑꝱꝺ',
  db: 'ȸ',
  dz: 'ʣʥ',
  e: 'ɇǝəɛᴇᶒᶓⱸ',
  f: 'ƒᵮᶂꜰꝼ',
  g: 'ǥɠɡɢʛᶃꞡ',
  h: 'ħɦⱨɧʜ',
  hv: 'ƕ',
  i: 'ıɨɩɪᵻᶖ',
  j: 'ȷɉɟʝᴊ',
  k: 'ƙⱪᴋᶄꝁꝃꝅꞣ',
  l: 'łƚɫⱡȴɬɭʟᴌᶅꝇꝉꝲ',
  ll: 'ỻ',
  ls: 'ʪ',
  lz: 'ʫ',
  m: 'ɱᴍᵯᶆꝳ',
  n: 'ŋɲƞȵɳɴᵰᶇꝴꞑꞥ',
  o: 'øɵɔᴏⱺꝋꝍ',
  oe: 'œɶ',
  oi: 'ƣ',
  oo: 'ꝏ',
  ou: 'ȣ',
  p: 'ƥᵽᴘᵱᶈꝑꝓꝕ',
  q: 'ɋʠĸꝗꝙ',
  qp: 'ȹ',
  r: 'ɍɽɼɾʀᵲᵳᶉꝵꝶꞧ',
  s: 'ʂȿᵴᶊẜẝꜱꞩ',
  ss: 'ß',
  t: 'ŧƭʈⱦƫȶᴛᵵꝷꞇ',
  th: 'þᵺꝥꝧ',
  ts: 'ʦ',
  u: 'ʉʊᴜᵾᶙ',
  ue: 'ᵫ',
  v: 'ʋᴠᶌỽⱱⱴꝟ',
  vy: 'ꝡ',
  w: 'ⱳᴡ',
  x: 'ᶍ',
  y: 'ƴɏʏỿ',
  z: 'ƶȥⱬɀʐʑᴢᵶᶎ'
}))
  twin(letters, one)
// Arabic as it is written in Arabic, Persian, Urdu and on phones: one letter, several code points (Unicode 9.2, CLDR ar, fa, ur)
for (const [one, letters] of Object.entries({ ا: 'ٱٲٳٵ', و: 'ٶۄۊ', ي: 'ىیېۍےۓئ', ك: 'کڪګ', ه: 'ةەہۂۃھۀۿ', ء: 'ٴ' })) twin(letters, one)
// candrabindu and anusvara of Hindi, which writers mix
twin('\u0901', '\u0902')
// the г with an upturn, which Ukrainian wrote without it for most of a century
twin('ґ', 'г')
// letters without a vowel of Malayalam and Bengali, which older keyboards write with the sign of it (Unicode 12.9, 12.2)
for (const [one, letter] of Object.entries({ ണ്: 'ൺ', ന്: 'ൻ', ര്: 'ർ', ല്: 'ൽ', ള്: 'ൾ', ക്: 'ൿ', ত্: 'ৎ' })) twin(letter, one)
// numbers in filled circles, which Unicode does not decompose (NamesList), and letters there
for (const [first, number, count] of [
  [0x2776, 1, 10],
  [0x2780, 1, 10],
  [0x278a, 1, 10],
  [0x24ff, 0, 1],
  [0x24eb, 11, 10],
  [0x24f5, 1, 10],
  [0x1f10b, 0, 1],
  [0x1f10c, 0, 1]
])
  for (let i = 0; i < count; i++) twin(String.fromCodePoint(first + i), String(number + i))
for (let i = 0; i < 26; i++) twin(String.fromCodePoint(0x1f150 + i), String.fromCodePoint(0x61 + i))
// the forms of Hebrew letters at the end of a word
for (const [one, letters] of Object.entries({ כ: 'ך', מ: 'ם', נ: 'ן', פ: 'ף', צ: 'ץ' })) twin(letters, one)

// Chinese characters: traditional to simplified, and forms of one character to the form that mainland China uses
const han = new Map(pairs(ts))
// old and other forms of the sets of Japan and Korea (JIS X 0208, KS X 1001) that opencc does not know: the second is the first
// (Unihan, kZVariant and kSemanticVariant, but words that Japanese tells apart), and radicals that have a code point of their own
// (Unicode, EquivalentUnifiedIdeograph)
const OLD =
  '污汚汙|乡郷|娱娯|姊姉|咒呪|妆粧|韧靭|疏疎|窗窓牕窻|值値|兔兎|妒妬|吞呑|冰氷|邻隣|隶隷|雠讐|偷偸|仙僊|俞兪|写冩|函凾|刃刄|刊刋|劫刧刦|剑劒|勖勗|厂厰|篡簒|器噐|啮囓|场塲|婿壻|奇竒|妊姙|学斈|冤寃|实寔|宝寳|克尅|峨峩|崎嵜|纸帋|帮幇|厩廐|回廻|迪廸|往徃|德悳|' +
  '怪恠|匆怱|博愽|惭慙|喜憙|憩憇|欢懽|拿拏|举擧挙|考攷|映暎|朵朶|棕椶|涩澁渋|炯烱|熙熈|暖煖|犁犂|珍珎|琅瑯|砖甎|尝甞|留畄|耕畊|亩畆|略畧|瑙碯|稿稾|稚穉|秋龝秌|阱穽|窑窰|伫竚|藤籐|秕粃|纠糺|绵緜|纤纎|幂羃|羹羮|肠膓|胭臙|答荅|萼蕚|盖葢|蕊蘂蕋|蟹蠏|羁覊|睹覩|' +
  '解觧|歌謌|质貭|赃賍|体軆|躲躱|辄輙|逃迯|侦遉|铁銕|熔鎔|锈鏥|矿鑛鉱砿|钻鑚|闹閙|阔濶|狭陜|杂襍|袜韈|飘飃|馈餽|斗鬪鬭闘|虾鰕|脍鱠|雁鴈|鹅鵞|鳌鼇|鳖鼈|鼓皷|野埜|毗毘|郁欝|睿叡|强彊|柏栢|炮砲|铺舗|颊頬|驮駄|鲹鯵|莺鴬|裙裠|会㑹|铁鉄|' +
  '厂⺁|乛⺂|乚⺃|乙⺄|亻⺅|冂⺆|𠘨⺇|刀⺈|刂⺉|卜⺊|㔾⺋|小⺌⺍|兀⺎|尣⺏|尢⺐|𡯂⺑|巳⺒|幺⺓|彑⺔|𫜹⺕|忄⺖|心⺗|扌⺘|攵⺙|旡⺛|日⺜|月⺝|歺⺞|民⺠|氵⺡|氺⺢|灬⺣|爫⺤⺥|丬⺦|牛⺧|犭⺨|王⺩|𤴔⺪|目⺫|示⺬|礻⺭|𥫗⺮|糹⺯|纟⺰|罓⺱|罒⺲|㓁⺳|冗⺴|𦉫⺵|' +
  '羊⺶|𦍌⺷|𦍋⺸|耂⺹|肀⺺|聿⺻|肉⺼|𦥑⺽|艹⺾⺿⻀|虎⻁|衤⻂|覀⻃|西⻄|见⻅|角⻆|𧢲⻇|讠⻈|贝⻉|𧾷⻊|车⻋|辶⻌⻍⻎|邑⻏|钅⻐|長⻑|镸⻒|长⻓|门⻔|𨸏⻕|阝⻖|雨⻗|青⻘|韦⻙|页⻚|风⻛|飞⻜|食⻝|𩙿⻞|飠⻟|饣⻠|𩠐⻡|马⻢|骨⻣|鬼⻤|鱼⻥|鸟⻦|卤⻧|麦⻨|黄⻩|黾⻪|' +
  '斉⻫|齐⻬|歯⻭|齿⻮|竜⻯|龙⻰|龜⻱|亀⻲'
for (const [one = '', ...others] of OLD.split('|')) for (const other of others) if (!han.has(other)) han.set(other, han.get(one) ?? one)
const simplify = (character) => han.get(character) ?? character
// the 6763 characters of GB 2312: each is in use there for itself
const inUse = new Set()
const gb2312 = new TextDecoder('gb18030')
for (let row = 0xb0; row <= 0xf7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) inUse.add(gb2312.decode(Uint8Array.of(row, cell)))
for (const [one, other] of [
  ...pairs(hongKong),
  ...pairs(taiwanese),
  ...pairs(japanese),
  ...pairs(
    '髙 高|﨑 崎|邉 边|𠮷 吉|栁 柳|冨 富|嶌 岛|嶋 岛|槗 桥|濵 滨|黒 黑|凛 凛|戸 户|戶 户|斎 斋|斉 齐|昻 昂|吳 呉|濱 浜|邨 村|晧 皓|栄 荣|桒 桑|渕 渊|渊 渊|淸 清|靑 青|淨 净|淵 渊|眞 真|禎 祯|羽 羽|絕 绝|緖 绪|衞 卫|諸 诸|郞 郎|都 都|鄕 乡|錄 录|鍊 炼|閱 阅|隆 隆|頻 频|巢 巢|內 内|兌 兑|產 产|戲 戏|敎 教|卽 即|旣 既|槪 概|屛 屏|幷 并|彥 彦|悅 悦|戾 戾|搖 摇|毀 毁|溫 温|狀 状|瑤 瑶|硏 研|稅 税|臺 台|說 说|銳 锐|靜 静|顏 颜|飮 饮|麼 么'
  )
]) {
  const [a, b] = [simplify(one), simplify(other)]
  if (a === b) continue
  // of two forms that are both in use each stays, but those of place names that differ by country alone
  const place = /[浜邨]/u.test(a + b)
  if (inUse.has(a) === inUse.has(b) && !place) continue
  const [from, to] = place ? (/[浜邨]/u.test(a) ? [a, b] : [b, a]) : inUse.has(b) ? [a, b] : [b, a]
  if (!han.has(from)) han.set(from, to)
  for (const character of [one, other]) if (character !== to && !inUse.has(character)) han.set(character, to)
}

/** The digit of a decimal number of any script: the ten of a script follow each other, and scripts begin at a ten (Unicode 4.6). */
function digitOf(character) {
  if (!/\p{Nd}/u.test(character)) return null
  let first = character.codePointAt(0)
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--
  return String((character.codePointAt(0) - first) % 10)
}

const SMALL = 'ぁぃぅぇぉっゃゅょゎゕゖㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ'
const LARGE = 'あいうえおつやゆよわかけくしすとぬはひふへほむらりるれろ'

/** Katakana is hiragana for search, small kana are large (differences of the third level in CLDR ja, as case); its half width is composed by NFKC. */
function hiragana(character) {
  const code = character.codePointAt(0)
  const kana = (code >= 0x30a1 && code <= 0x30f6) || code === 0x30fd || code === 0x30fe ? String.fromCodePoint(code - 0x60) : character
  const small = SMALL.indexOf(kana)
  return small < 0 ? kana : LARGE[small]
}

// Scripts written without spaces between words, and symbols: each character is a token of its own.
const ALONE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u3005-\u3007\u30fc\u3031-\u3035]/u

function foldOnce(char) {
  let out = ''
  if (/\s/u.test(char)) return ' '
  if (/\p{Cc}/u.test(char)) return '\ufffd'
  for (const composed of char.normalize('NFKC')) {
    const bare = DIACRITICS.test(composed) ? composed.normalize('NFD').replace(/\p{Mn}/gu, '') : composed
    for (const c of [...bare.toUpperCase().toLowerCase().normalize('NFKC')].flatMap((one) => (isComposed(one) ? one : [...one.normalize('NFD')]))) {
      if (IGNORED.test(c)) continue
      out += twins.get(c) ?? digitOf(c) ?? hiragana(simplify(c))
    }
  }
  return out
}

export function fold(char) {
  // composed in fold.cc with the sign before it; tags of a flag, joiners of emoji: joined there
  if (char === STROKE) return char
  if (IGNORED.test(char)) return ''
  if (twins.has(char)) return twins.get(char)
  let before = char
  for (let i = 0; i < 4; i++) {
    const after = [...before].map(foldOnce).join('')
    if (after === before) break
    before = after
  }
  return before
}

export function classOf(char) {
  if (ALONE.test(char)) return SINGLE
  if (/[\p{L}\p{N}\p{M}_]/u.test(char)) return char === '_' ? SEPARATOR : RUN
  // Emoji and other pictographs; currency and mathematical signs stay separators, as punctuation does.
  if (/[\p{So}\p{Co}]/u.test(char)) return SINGLE
  return SEPARATOR
}

const pool = []
const foldPages = new Map()
const classPages = new Map()
const foldIndex = []
const classIndex = []
function page(pages, values) {
  const key = values.join(',')
  let found = pages.get(key)
  if (found === undefined) pages.set(key, (found = pages.size))
  return found
}
for (let high = 0; high < 0x110000; high += 256) {
  const folds = []
  const classes = []
  for (let cp = high; cp < high + 256; cp++) {
    if (cp >= 0xd800 && cp <= 0xdfff) {
      folds.push(0)
      classes.push(SEPARATOR)
      continue
    }
    const char = String.fromCodePoint(cp)
    const folded = [...fold(char)].map((c) => c.codePointAt(0))
    classes.push(classOf(char))
    if (folded.length === 1) folds.push(folded[0] === cp ? 0 : folded[0])
    else {
      // bit 31: a sequence; bits 24..30 its length, bits 0..23 its place in the pool
      folds.push((0x80000000 + folded.length * 0x1000000 + pool.length) >>> 0)
      pool.push(...folded)
    }
  }
  foldIndex.push(page(foldPages, folds))
  classIndex.push(page(classPages, classes))
}
const composed = []
for (let cp = 0; cp < 0x30000; cp++) {
  const whole = String.fromCodePoint(cp)
  const [first = '', mark = '', ...more] = whole.normalize('NFD')
  if (more.length > 0 || !(isNegated(whole) || mark === '\u3099' || mark === '\u309a')) continue
  const [before, one] = [fold(first), fold(whole)]
  if ([...before].length === 1 && [...one].length === 1) composed.push([before, mark, one].map((character) => character.codePointAt(0)))
}
// katakana and hiragana give the same
const pairsOnce = [...new Map(composed.map((pair) => [pair.join(), pair])).values()]
/** The vowel of each kana from U+3041, which a long mark behind it stands for; 0 for none. */
const vowels = Array.from({ length: 0x56 }, (_, i) => {
  const kana = fold(String.fromCodePoint(0x3041 + i).normalize('NFD')[0])
  const row = ['あかさたなはまやらわ', 'いきしちにひみりゐ', 'うくすつぬふむゆる', 'えけせてねへめれゑ', 'おこそとのほもよろを'].findIndex((list) =>
    list.includes(kana)
  )
  return row < 0 ? 0 : 'あいうえお'.codePointAt(row)
})

const list = (values) => values.join(',')
const header = `// Generated by generate-fold-table.mjs with Unicode ${process.versions.unicode}; not edited by hand.
#pragma once
#include <cstdint>
namespace mnemo::table {
inline constexpr char kUnicodeVersion[] = "${process.versions.unicode}";
inline constexpr uint16_t kFoldIndex[] = {${list(foldIndex)}};
inline constexpr uint32_t kFold[] = {${[...foldPages.keys()].join(',\n')}};
inline constexpr uint32_t kPool[] = {${list(pool)}};
inline constexpr uint8_t kClassIndex[] = {${list(classIndex)}};
inline constexpr uint8_t kClass[] = {${[...classPages.keys()].join(',\n')}};
inline constexpr uint32_t kComposed[][3] = {${pairsOnce.map((pair) => `{${list(pair)}}`).join(',')}};
inline constexpr uint16_t kVowels[] = {${list(vowels)}};
}
`
if (classPages.size > 255) throw new Error('class pages no longer fit a byte')
mkdirSync(new URL('./generated/', import.meta.url), { recursive: true })
writeFileSync(new URL('./generated/fold_table.h', import.meta.url), header)
