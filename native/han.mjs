// Representative form of a Chinese character in the folding table, for its traditional, Japanese, regional and old forms. docs/folding.md has the rules.
import { readFileSync } from 'node:fs'
import hongKong from '../node_modules/opencc-js/dist/esm-lib/dict/HKVariants.js'
import japanese from '../node_modules/opencc-js/dist/esm-lib/dict/JPShinjitaiCharacters.js'
import ts from '../node_modules/opencc-js/dist/esm-lib/dict/TSCharacters.js'
import taiwanese from '../node_modules/opencc-js/dist/esm-lib/dict/TWVariants.js'

const pairs = (dictionary) => dictionary.split('|').map((pair) => pair.split(' ').slice(0, 2))

// traditional to simplified characters, and variants to the form used in mainland China
const han = new Map(pairs(ts))
// old and other forms of the sets of Japan and Korea (JIS X 0208, KS X 1001) that opencc does not know: the second becomes the first (Unihan, kZVariant and
// kSemanticVariant, except words that Japanese distinguishes), and radicals with their own code point (Unicode, EquivalentUnifiedIdeograph)
const OLD =
  '污汚汙|乡郷|娱娯|姊姉|咒呪|妆粧|韧靭|疏疎|窗窓牕窻|值値|兔兎|妒妬|吞呑|冰氷|邻隣|隶隷|雠讐|偷偸|仙僊|俞兪|写冩|函凾|刃刄|刊刋|劫刧刦|剑劒|勖勗|厂厰|篡簒|器噐|啮囓|场塲|婿壻|奇竒|妊姙|学斈|冤寃|实寔|宝寳|克尅|峨峩|崎嵜|纸帋|帮幇|厩廐|回廻|迪廸|往徃|德悳|' +
  '怪恠|匆怱|博愽|惭慙|喜憙|憩憇|欢懽|拿拏|举擧挙|考攷|映暎|朵朶|棕椶|涩澁渋|炯烱|熙熈|暖煖|犁犂|珍珎|琅瑯|砖甎|尝甞|留畄|耕畊|亩畆|略畧|瑙碯|稿稾|稚穉|秋龝秌|阱穽|窑窰|伫竚|藤籐|秕粃|纠糺|绵緜|纤纎|幂羃|羹羮|肠膓|胭臙|答荅|萼蕚|盖葢|蕊蘂蕋|蟹蠏|羁覊|睹覩|' +
  '解觧|歌謌|质貭|赃賍|体軆|躲躱|辄輙|逃迯|侦遉|铁銕|熔鎔|锈鏥|矿鑛鉱砿|钻鑚|闹閙|阔濶|狭陜|杂襍|袜韈|飘飃|馈餽|斗鬪鬭闘|虾鰕|脍鱠|雁鴈|鹅鵞|鳌鼇|鳖鼈|鼓皷|野埜|毗毘|郁欝|睿叡|强彊|柏栢|炮砲|铺舗|颊頬|驮駄|鲹鯵|莺鴬|裙裠|会㑹|铁鉄|' +
  '厂⺁|乛⺂|乚⺃|乙⺄|亻⺅|冂⺆|𠘨⺇|刀⺈|刂⺉|卜⺊|㔾⺋|小⺌⺍|兀⺎|尣⺏|尢⺐|𡯂⺑|巳⺒|幺⺓|彑⺔|𫜹⺕|忄⺖|心⺗|扌⺘|攵⺙|旡⺛|日⺜|月⺝|歺⺞|民⺠|氵⺡|氺⺢|灬⺣|爫⺤⺥|丬⺦|牛⺧|犭⺨|王⺩|𤴔⺪|目⺫|示⺬|礻⺭|𥫗⺮|糹⺯|纟⺰|罓⺱|罒⺲|㓁⺳|冗⺴|𦉫⺵|' +
  '羊⺶|𦍌⺷|𦍋⺸|耂⺹|肀⺺|聿⺻|肉⺼|𦥑⺽|艹⺾⺿⻀|虎⻁|衤⻂|覀⻃|西⻄|见⻅|角⻆|𧢲⻇|讠⻈|贝⻉|𧾷⻊|车⻋|辶⻌⻍⻎|邑⻏|钅⻐|長⻑|镸⻒|长⻓|门⻔|𨸏⻕|阝⻖|雨⻗|青⻘|韦⻙|页⻚|风⻛|飞⻜|食⻝|𩙿⻞|飠⻟|饣⻠|𩠐⻡|马⻢|骨⻣|鬼⻤|鱼⻥|鸟⻦|卤⻧|麦⻨|黄⻩|黾⻪|' +
  '斉⻫|齐⻬|歯⻭|齿⻮|竜⻯|龙⻰|龜⻱|亀⻲'
for (const [one = '', ...others] of OLD.split('|')) for (const other of others) if (!han.has(other)) han.set(other, han.get(one) ?? one)
/** Common form, without the rare ones of han-variants.txt, which is made with it. */
export const common = (character) => han.get(character) ?? character
/** Characters of GB 2312 (6763): each is in separate use. */
export const inUse = new Set()
const gb2312 = new TextDecoder('gb18030')
for (let row = 0xb0; row <= 0xf7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) inUse.add(gb2312.decode(Uint8Array.of(row, cell)))
for (const [one, other] of [
  ...pairs(hongKong),
  ...pairs(taiwanese),
  ...pairs(japanese),
  ...pairs(
    '髙 高|﨑 崎|𡈽 土|邉 边|𠮷 吉|栁 柳|冨 富|嶌 岛|嶋 岛|槗 桥|濵 滨|黒 黑|凛 凛|戸 户|戶 户|斎 斋|斉 齐|昻 昂|吳 呉|濱 浜|邨 村|晧 皓|栄 荣|桒 桑|渕 渊|渊 渊|淸 清|靑 青|淨 净|淵 渊|眞 真|禎 祯|羽 羽|絕 绝|緖 绪|衞 卫|諸 诸|郞 郎|都 都|鄕 乡|錄 录|鍊 炼|閱 阅|隆 隆|頻 频|巢 巢|內 内|兌 兑|產 产|戲 戏|敎 教|卽 即|旣 既|槪 概|屛 屏|幷 并|彥 彦|悅 悦|戾 戾|搖 摇|毀 毁|溫 温|狀 状|瑤 瑶|硏 研|稅 税|臺 台|說 说|銳 锐|靜 静|顏 颜|飮 饮|麼 么'
  )
]) {
  const [a, b] = [common(one), common(other)]
  if (a === b) continue
  // two forms that are both in use stay apart, except those of place names that differ by country only
  const place = /[浜邨]/u.test(a + b)
  if (inUse.has(a) === inUse.has(b) && !place) continue
  const [from, to] = place ? (/[浜邨]/u.test(a) ? [a, b] : [b, a]) : inUse.has(b) ? [a, b] : [b, a]
  if (!han.has(from)) han.set(from, to)
  for (const character of [one, other]) if (character !== to && !inUse.has(character)) han.set(character, to)
}

/**
 * Characters that one country writes where another one writes the second, although both stand in GB 2312 or the first only outside of China:
 * 甚麼 什么, 睡著 睡着, 瞭解 了解, 回覆 回复. Those of OpenCC's phrases in ten of them and more, and of its variants of Taiwan and Hong Kong; 坏坯 and
 * 鍊链 stay, which are two words each.
 */
const ELSEWHERE = '着著|什甚|了瞭|借藉|复覆|沉沈|余馀|钟锺|托讬|背揹|熏薰|夫伕|宁甯|苏甦|枪鎗|焰燄|你妳|它牠|仿彷髣徬|佛彿髴'
for (const [one = '', ...others] of ELSEWHERE.split('|')) {
  for (const other of others) {
    han.set(other, one)
    for (const [form, now] of han) if (now === other) han.set(form, one)
  }
}

/** Rare forms by pick-han-variants.mjs: each line has the common form and the rare ones. */
const rare = new Map()
for (const line of readFileSync(new URL('./han-variants.txt', import.meta.url), 'utf8').split('\n')) {
  const [one, ...others] = line.startsWith('#') ? [] : line
  for (const other of others) rare.set(other, one)
}

export const simplify = (character) => common(rare.get(common(character)) ?? character)
