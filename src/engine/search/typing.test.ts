/** Two hundred ways of typing words in Latin letters, or on the wrong keyboard layout. */
import { expect, test } from 'vitest'
import { onOtherKeyboards } from './keyboards.ts'
import { kanaOf, reads } from './sounds.ts'

const CHINESE =
  '女儿 nver|女儿 nuer|绿茶 lvcha|绿茶 lucha|旅游 lvyou|旅游 lyou|略微 lvewei|略微 luewei|' +
  '虐待 nuedai|虐待 nvedai|西安 xian|方案 fangan|反感 fangan|皮袄 piao|天安门 tiananmen|银行 yinhang|' +
  '银行 yh|行走 xingzou|长大 zhangda|长江 changjiang|重要 zhongyao|重复 chongfu|音乐 yinyue|快乐 kuaile|' +
  '还是 haishi|还钱 huanqian|觉得 juede|睡觉 shuijiao|朝阳 chaoyang|朝阳 zhaoyang|会计 kuaiji|会议 huiyi|' +
  '单于 chanyu|参差 cenci|参加 canjia|人参 renshen|曾经 cengjing|曾国藩 zengguofan|薄荷 bohe|薄饼 baobing|' +
  '都市 dushi|都是 doushi|地方 difang|慢慢地 manmande|了解 liaojie|好了 haole|什么 shenme|什么 shme|' +
  '什么 sm|哪儿 nar|这儿 zher|一点儿 yidianr|一点儿 yidianer|儿子 erzi|哦 o|噢 o|' +
  '呢 ne|着急 zhaoji|看着 kanzhe|着火 zhaohuo|血液 xueye|流血 liuxie|露面 loumian|露水 lushui|' +
  '说服 shuofu|说服 shuifu|叶子 yezi|区域 quyu|差不多 chabuduo|出差 chuchai|便宜 pianyi|方便 fangbian|' +
  '给予 jiyu|给你 geini|角色 juese|角度 jiaodu|落下 laxia|没有 meiyou|没收 moshou|弹琴 tanqin|' +
  '子弹 zidan|調查 diaocha|調整 tiaozheng|頭髮 toufa|電腦 diannao|電腦 dn|計算機 jsj|女生 ns|' +
  '女生 nvsheng|重庆火锅 chqhg|重庆火锅 cqhg|重庆火锅 chongqinghg|中华 zhongh|中华 zhua|上海 shanghai|上海 shhai|' +
  '厦门 xiamen|大厦 dasha|六安 luan|亳州 bozhou|蚌埠 bengbu|尉迟 yuchi|单田芳 shantianfang|仇人 chouren|' +
  '解放 jiefang|查理 chali|盖子 gaizi|宁波 ningbo|任务 renwu|冯唐 fengtang|龟裂 junlie|乌龟 wugui|' +
  '率领 shuailing|效率 xiaolv|效率 xiaolu|吕布 lvbu|略 lve|绿 lv|外婆 waipo|鱼 yu|' +
  '迂 yu|学习 xuexi|缺 que|卷 juan|女朋友 nvpy|女朋友 npy|儿化 erhua|啊 a|' +
  '衣服 yifu|给 gei|熟 shou|熟悉 shuxi|谁 shei|谁 shui'

const JAPANESE =
  'ramen ラーメン|raamen ラーメン|kitte きって|matcha まっちゃ|maccha まっちゃ|onna おんな|' +
  "konna こんな|konnichiwa こんにちは|kon'nichiwa こんにちは|shin'you しんよう|osaka おおさか|oosaka おおさか|" +
  'ōsaka おおさか|ookii おおきい|okii おおきい|ōkii おおきい|kyoto きょうと|kyouto きょうと|' +
  'tsuki つき|tuki つき|sushi すし|susi すし|jouzu じょうず|zyouzu じょうず|' +
  'jozu じょうず|jyouzu じょうず|fuyu ふゆ|huyu ふゆ|tsuzuku つづく|tuduku つづく|' +
  'tsudzuku つづく|pa-ti- パーティー|paathii パーティー|fan ふぁん|sensei せんせい|sensē せんせい|' +
  'obasan おばさん|obaasan おばあさん|obāsan おばあさん|ke-ki ケーキ|keeki ケーキ|keki ケーキ|' +
  'kēki ケーキ|konpyuta コンピューター|konpyuuta コンピューター|konpyūtā コンピューター|koohii コーヒー|kohi コーヒー|' +
  'kōhī コーヒー|ko-hi- コーヒー|biru ビール|bi-ru ビール|bīru ビール|arigatou ありがとう|' +
  'arigato ありがとう|arigatō ありがとう|ohayou おはよう|ohayo おはよう|sayonara さようなら|sayounara さようなら|' +
  'gakkou がっこう|gakko がっこう|gakkō がっこう|shinbun しんぶん|shimbun しんぶん|sinbun しんぶん|' +
  'tempura てんぷら|tenpura てんぷら|senpai せんぱい|sempai せんぱい|kanpai かんぱい|kampai かんぱい|' +
  'ocha おちゃ|otya おちゃ|ryokou りょこう|ryoko りょこう|ryokō りょこう|shashin しゃしん|' +
  'syasin しゃしん|jikan じかん|zikan じかん|tanjoubi たんじょうび|tanjobi たんじょうび|densha でんしゃ|' +
  'densya でんしゃ|zasshi ざっし|zassi ざっし|isshoni いっしょに|issho ni いっしょに|ie いえ|' +
  'honwo ほんを|hon wo ほんを|hon o ほんを|watashiwa わたしは|watashi wa わたしは|tokyoe とうきょうへ|' +
  'tokyo e とうきょうへ|tokyo ni とうきょうに|chizu ちず|tizu ちず|chiisai ちいさい|chisai ちいさい|' +
  'hanbaagaa ハンバーガー|hambaga ハンバーガー|suupaa スーパー|supa スーパー|terebi テレビ|vaiorin ヴァイオリン|' +
  'baiorin バイオリン|disuku ディスク|dhisuku ディスク|wifi うぃふぃ|zutto ずっと|chotto ちょっと|' +
  "tyotto ちょっと|matte まって|nn んん|hon'ya ほんや|honya ほんや|kinen きねん|" +
  "kin'en きんえん|kinnen きんねん|shinkansen しんかんせん|jyunban じゅんばん|junban じゅんばん|yūki ゆうき|" +
  'yuuki ゆうき|yuki ゆうき|guuguru ぐーぐる|itchi いっち|jya じゃ|ja じゃ|' +
  'hajime はじめ|ohayô おはよう'

const KEYBOARDS: [string, string][] = [
  ['ghbdtn', 'привет'],
  ['Ghbdtn', 'привет'],
  ['ghbdsn', 'привіт'],
  ['rfr ltkf', 'как дела'],
  ['cgfcb,j', 'спасибо'],
  ['lj,hsq', 'добрый'],
  ['hj;ltybt', 'рождение'],
  ['[jhjij', 'хорошо'],
  ['vjq', 'мой'],
  ['`krf', 'ёлка'],
  ['~krf', 'ёлка'],
  ['{jhjij', 'хорошо'],
  ['руддщ', 'hello'],
  ['еуые', 'test'],
  ['kalhmera', 'καλημερα'],
  ['geia', 'γεια'],
  ['akuo', 'שלום'],
  ['hgsghl', 'السلام'],
  ['lvpfh', 'مرحبا'],
  ['dkssud', '안녕'],
  ['gksrnr', '한국'],
  ['tkfkdgo', '사랑해'],
  ['l;ylfu', 'สวัสดี'],
  ['yeit', 'zeit'],
  ['sch;n', 'schön'],
  ['fu-ball', 'fußball'],
  ["m'dchen", 'mädchen'],
  ['m[de', 'müde'],
  ['qvion', 'avion'],
  [';qison', 'maison'],
  ['sqlut', 'salut'],
  ['frqn9qis', 'français'],
  ['2t2', 'été'],
  [';7re', 'mère'],
  ['ma;ana', 'mañana'],
  ['ni;o', 'niño']
]

test('words read as they are typed in pinyin', () => {
  const wrong = CHINESE.split('|').filter((pair) => {
    const [word = '', letters = ''] = pair.split(' ')
    return reads([...word], letters) === null
  })
  expect(CHINESE.split('|').length).toBeGreaterThan(100)
  expect(wrong).toEqual([])
  // words that only begin or end with the letters do not match
  for (const [word, letters] of [
    ['中华', 'hua'],
    ['中华', 'zhonghuan'],
    ['银行', 'yinxin'],
    ['绿茶', 'luca'],
    ['女儿', 'nuere'],
    ['上海', 'xianghai']
  ] as const)
    expect([word, letters, reads([...word], letters)]).toEqual([word, letters, null])
})

const VOWELS = [
  'あかさたなはまやらわがざだばぱぁゃ',
  'いきしちにひみりぎじぢびぴぃ',
  'うくすつぬふむゆるぐずづぶぷぅゅ',
  'えけせてねへめれげぜでべぺぇ',
  'おこそとのほもよろごぞどぼぽぉょ'
]
/** Hiragana with vowels for long marks, as the search folds them. */
function folded(text: string): string {
  let out = ''
  for (const sign of text.replaceAll(/[\u30a1-\u30f6]/gu, (kana) => String.fromCodePoint((kana.codePointAt(0) ?? 0) - 0x60))) {
    const row = VOWELS.findIndex((list) => list.includes(out.at(-1) ?? 'x'))
    out += sign === 'ー' && row >= 0 ? 'あいうえお'.charAt(row) : sign
  }
  return out
}

test('the kana of romaji input include the word', () => {
  const wrong = JAPANESE.split('|').filter((pair) => {
    const at = pair.lastIndexOf(' ')
    return !kanaOf(pair.slice(0, at))
      .map(folded)
      .includes(folded(pair.slice(at + 1)))
  })
  expect(JAPANESE.split('|').length).toBeGreaterThan(80)
  expect(wrong).toEqual([])
  for (const text of ['hello there', 'qwx', 'é', '日本', 'a', 'konpyu7']) expect(kanaOf(text)).toEqual([])
})

test.each(KEYBOARDS)('%s is %s on another keyboard', (keys, word) => {
  expect(onOtherKeyboards(keys)).toContain(word)
  // reversible, except for characters changed by shift
  if (!/[A-Z~{]/.test(keys)) expect(onOtherKeyboards(word)).toContain(keys)
})
