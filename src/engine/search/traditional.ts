/** Traditional characters and Taiwanese words of the query language: operators, values, dates. Pure. */
import { lookUp } from '../../contract/look-up.ts'

const WORDS: Record<string, string> = { 檔名: '文件名', 檔案: '文件', 影片: '视频', 連結: '链接', 寄件人: '发件人', 對話: '会话', 群組: '群' }
const FROM =
  '來於間會話發給類圖視頻語鏈編輯過標個週後禮這從當點時兩內裡鐘號晝國慶節聖誕勞動兒萬陽陰農曆舊臘開婦復學剛幾陣現來鬥獨頃個間書爺當親歷雙樹黨軍師黃裏鍾數為爲華約許貼紙寫畫訊錄聲檔連結網讀'
const TO =
  '来于间会话发给类图视频语链编辑过标个周后礼这从当点时两内里钟号昼国庆节圣诞劳动儿万阳阴农历旧腊开妇复学刚几阵现来斗独顷个间书爷当亲历双树党军师黄里钟数为为华约许贴纸写画讯录声档连结网读'
const CHARACTERS = new Map([...FROM].map((character, i) => [character, [...TO][i] ?? character]))

/** Simplified form of such a word; other text stays unchanged. */
export function simplified(word: string): string {
  return lookUp(WORDS, word) ?? [...word].map((character) => CHARACTERS.get(character) ?? character).join('')
}
