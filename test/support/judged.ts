/**
 * Judged queries for the order 'best': the message that must come first, those that must be found after it, and the reason. The texts are our
 * own.
 */

export interface Written {
  text: string
  /** Age in days. */
  age?: number
  /** Written in a group that the user only reads. */
  elsewhere?: boolean
}

export const JUDGED: { query: string; first: Written; then: Written[]; why: string }[] = [
  // whole words before accidental parts
  { query: '华联', first: { text: '华联超市今天打折', age: 90 }, then: [{ text: '中华联合保险', age: 1 }], why: 'a word before a piece across words' },
  { query: '人民', first: { text: '人民的名义很好看', age: 60 }, then: [{ text: '本人民意调查员', age: 1 }], why: 'a word before a piece across words' },
  { query: '和服', first: { text: '她穿和服去京都', age: 60 }, then: [{ text: '产品和服务都不错', age: 1 }], why: '和|服务 is not 和服' },
  { query: '子女', first: { text: '子女教育问题', age: 60 }, then: [{ text: '那个瓶子女生都喜欢', age: 1 }], why: 'a word before a piece across words' },
  { query: '大学', first: { text: '大学同学聚会', age: 60 }, then: [{ text: '扩大学习范围', age: 1 }], why: '扩大|学习 is not 大学' },
  { query: '国家', first: { text: '国家规定的假期', age: 60 }, then: [{ text: '这是中国家具', age: 1 }], why: '中国|家具 is not 国家' },
  { query: '天气', first: { text: '天气真好', age: 60 }, then: [{ text: '今天气死我了', age: 1 }], why: '今天|气 is not 天气' },
  { query: '上海', first: { text: '上海见', age: 60 }, then: [{ text: '晚上海边散步吧', age: 1 }], why: '晚上|海边 is not 上海' },
  { query: '学生', first: { text: '学生证别忘带', age: 60 }, then: [{ text: '大学生活真有趣', age: 1 }], why: '大学|生活 is not 学生' },
  { query: '明天', first: { text: '明天见', age: 60 }, then: [{ text: '文明天下第一', age: 1 }], why: '文明|天下 is not 明天' },
  { query: 'cat', first: { text: 'the cat sleeps', age: 90 }, then: [{ text: 'education category', age: 1 }], why: 'a word before an inner piece' },
  { query: 'ten', first: { text: 'ten people came', age: 90 }, then: [{ text: 'listen, he often attends', age: 1 }], why: 'a word before an inner piece' },
  { query: 'art', first: { text: 'art exhibition', age: 90 }, then: [{ text: 'party started apart', age: 1 }], why: 'a word before an inner piece' },
  { query: 'ear', first: { text: 'my ear hurts', age: 90 }, then: [{ text: 'early this year dear', age: 1 }], why: 'a word before an inner piece' },
  { query: 'over', first: { text: 'game over', age: 90 }, then: [{ text: 'discovered covers', age: 1 }], why: 'a word before an inner piece' },
  { query: 'phone', first: { text: 'phone is dead', age: 90 }, then: [{ text: 'iphones and headphones', age: 1 }], why: 'a word before an inner piece' },
  { query: '2024', first: { text: 'budget 2024 draft', age: 90 }, then: [{ text: 'call 13920245566', age: 1 }], why: 'a number before a part of one' },
  { query: '110', first: { text: '拨打 110 报警', age: 90 }, then: [{ text: '单号 8811023', age: 1 }], why: 'a number before a part of one' },
  { query: 'go', first: { text: 'go now', age: 90 }, then: [{ text: 'good google ago', age: 1 }], why: 'a word before an inner piece' },
  { query: 'he', first: { text: 'he knows', age: 90 }, then: [{ text: 'there then other', age: 1 }], why: 'a word before an inner piece' },
  // share of the text that matches
  {
    query: '火锅',
    first: { text: '吃火锅', age: 10 },
    then: [{ text: `火锅${'还有很多别的事情要慢慢说'.repeat(8)}`, age: 9 }],
    why: 'short texts before long ones'
  },
  {
    query: 'invoice',
    first: { text: 'invoice sent', age: 10 },
    then: [{ text: `about many other things ${'and then more of it '.repeat(10)} invoice`, age: 9 }],
    why: 'short texts before long ones'
  },
  {
    query: '签证',
    first: { text: '签证办好了', age: 10 },
    then: [{ text: `${'今天开会讨论了很多内容，'.repeat(8)}签证`, age: 9 }],
    why: 'short texts before long ones'
  },
  {
    query: 'umbrella',
    first: { text: 'umbrella, take your umbrella!', age: 10 },
    then: [{ text: 'the umbrella is on your desk', age: 9 }],
    why: 'twice before once'
  },
  { query: '蛋糕', first: { text: '蛋糕蛋糕我要蛋糕', age: 10 }, then: [{ text: '他买了个蛋糕回来', age: 9 }], why: 'more often before once' },
  { query: 'zebra', first: { text: 'zebra zebra crossing', age: 10 }, then: [{ text: 'a zebra was crossing', age: 9 }], why: 'twice before once' },
  // recency among equals
  { query: '快递', first: { text: '快递到了吗', age: 2 }, then: [{ text: '快递到了吧', age: 700 }], why: 'the newer of equals' },
  { query: 'lunch', first: { text: 'lunch at noon', age: 1 }, then: [{ text: 'lunch at once', age: 900 }], why: 'the newer of equals' },
  { query: '机票', first: { text: '机票订了', age: 3 }, then: [{ text: '机票退了', age: 1500 }], why: 'the newer of equals' },
  { query: 'contract', first: { text: 'contract signed', age: 5 }, then: [{ text: 'contract voided', age: 2000 }], why: 'the newer of equals' },
  { query: '密码', first: { text: '密码改了', age: 4 }, then: [{ text: '密码忘了', age: 1100 }], why: 'the newer of equals' },
  // own conversations
  {
    query: '团建',
    first: { text: '团建去哪', age: 20 },
    then: [{ text: '团建去吗', age: 19, elsewhere: true }],
    why: 'where I take part before what I only read'
  },
  {
    query: 'deadline',
    first: { text: 'deadline is near', age: 20 },
    then: [{ text: 'deadline is here', age: 19, elsewhere: true }],
    why: 'where I take part before what I only read'
  },
  {
    query: '报销',
    first: { text: '报销单交了', age: 20 },
    then: [{ text: '报销单呢？', age: 19, elsewhere: true }],
    why: 'where I take part before what I only read'
  },
  {
    query: 'release',
    first: { text: 'release tonight', age: 20 },
    then: [{ text: 'release planned', age: 19, elsewhere: true }],
    why: 'where I take part before what I only read'
  },
  // several words
  {
    query: '苹果 发布',
    first: { text: '苹果发布会', age: 90 },
    then: [{ text: '青苹果园发布告示说明年起水果涨价', age: 1 }],
    why: 'both words, in a short text'
  },
  { query: 'red car', first: { text: 'a red car', age: 90 }, then: [{ text: 'scared of carpets and credit cards', age: 1 }], why: 'both as words' },
  { query: 'pay bill', first: { text: 'pay the bill', age: 90 }, then: [{ text: 'paypal billion', age: 1 }], why: 'both as words' },
  { query: '会议 纪要', first: { text: '会议纪要已发', age: 90 }, then: [{ text: '会议室里他说这个世纪要变天了', age: 1 }], why: 'both as words' },
  { query: 'on time', first: { text: 'be on time', age: 90 }, then: [{ text: 'sometimes long sentiments', age: 1 }], why: 'both as words' },
  // either of two: the rarer one weighs more
  {
    query: 'quokka OR pizza',
    first: { text: 'quokka photo', age: 30 },
    then: [
      { text: 'pizza again', age: 29 },
      { text: 'pizza party', age: 28 },
      { text: 'more pizza', age: 27 }
    ],
    why: 'the rarer word weighs more'
  },
  {
    query: '水豚 OR 奶茶',
    first: { text: '水豚照片', age: 30 },
    then: [
      { text: '奶茶一杯', age: 29 },
      { text: '奶茶两杯', age: 28 },
      { text: '还是奶茶', age: 27 }
    ],
    why: 'the rarer word weighs more'
  },
  // as people type: other case, width, script, accents, quotes
  { query: "don't worry", first: { text: 'don’t worry, be happy', age: 30 }, then: [], why: 'the quote of a phone' },
  { query: 'naive', first: { text: 'a naïve question', age: 30 }, then: [{ text: 'unnaiveté', age: 1 }], why: 'accents, then a word before a piece' },
  { query: 'CAFÉ', first: { text: 'the cafe opens at nine', age: 30 }, then: [{ text: 'cafeteria food', age: 1 }], why: 'case and accents' },
  { query: 'ｑｒ码', first: { text: '扫一下QR码', age: 30 }, then: [], why: 'full width' },
  { query: '軟體', first: { text: '软体动物展览', age: 30 }, then: [], why: 'traditional for simplified' },
  { query: '户口本', first: { text: '戶口本带了吗', age: 30 }, then: [], why: 'forms of one character' },
  {
    query: 'ラーメン',
    first: { text: 'らーめん食べたい', age: 30 },
    then: [{ text: 'ラーメン屋さんの前で待っていて、それから一緒に駅まで歩いて行きましょうよ', age: 29 }],
    why: 'kana of both kinds; short before long'
  },
  { query: 'すし', first: { text: 'スシが好き', age: 30 }, then: [], why: 'hiragana for katakana' },
  { query: 'straße', first: { text: 'STRASSE 12', age: 30 }, then: [], why: 'ß is ss' },
  { query: 'lodz', first: { text: 'jadę do Łodzi w piątek, Łódź', age: 30 }, then: [], why: 'letters with strokes' },
  { query: 'пришел', first: { text: 'он пришёл домой', age: 30 }, then: [], why: 'ё is е' },
  { query: 'مدرسة', first: { text: 'المدرسه قريبة', age: 30 }, then: [], why: 'Arabic twins' },
  { query: 'שלום', first: { text: 'שָׁלוֹם לכולם', age: 30 }, then: [], why: 'Hebrew points' },
  { query: 'việt nam', first: { text: 'Viet Nam mùa xuân', age: 30 }, then: [], why: 'Vietnamese marks' },
  { query: 'well-known', first: { text: 'a well‑known place', age: 30 }, then: [], why: 'kinds of dashes' },
  { query: '"quoted words"', first: { text: '“quoted words” he said', age: 30 }, then: [], why: 'kinds of quotes' },
  // numbers, sums, codes
  {
    query: '13912345678',
    first: { text: '我的号码13912345678', age: 60 },
    then: [{ text: '打 139 1234 5678 找我', age: 1 }],
    why: 'written the same before in groups'
  },
  { query: '6217 0012', first: { text: '卡号 6217 0012 尾号', age: 60 }, then: [{ text: '卡号62170012', age: 1 }], why: 'written the same before in one' },
  { query: '3.14', first: { text: 'pi is 3.14', age: 60 }, then: [{ text: 'pi is 3.14159', age: 1 }], why: 'a number before a part of one' },
  { query: '¥99', first: { text: '只要¥99', age: 60 }, then: [{ text: '总价¥998', age: 1 }], why: 'a sum before the beginning of one' },
  { query: '会议8点半', first: { text: '会议 8点半 开始', age: 30 }, then: [], why: 'a blank between scripts' },
  {
    query: 'SF1390',
    first: { text: '单号 SF1390 已签收', age: 60 },
    then: [{ text: '单号 SF13907755 已发出', age: 1 }],
    why: 'a code before the beginning of one'
  },
  { query: '404', first: { text: 'it says 404', age: 60 }, then: [{ text: 'ticket 94042', age: 1 }], why: 'a number before a part of one' },
  {
    query: 'v2.3.1',
    first: { text: 'released v2.3.1 today', age: 60 },
    then: [{ text: 'v2.3.10 is broken', age: 1 }],
    why: 'a version before the beginning of one'
  },
  // code
  {
    query: 'getUserById',
    first: { text: 'getUserById returns null', age: 60 },
    then: [{ text: 'forgetUserByIdentity()', age: 1 }],
    why: 'a name before a piece of one'
  },
  { query: 'npm install', first: { text: 'run npm install first', age: 60 }, then: [{ text: 'pnpm installer crashed', age: 1 }], why: 'both as words' },
  {
    query: 'TypeError',
    first: { text: 'TypeError: x is undefined', age: 60 },
    then: [{ text: 'MyTypeErrors again', age: 1 }],
    why: 'a name before a piece of one'
  },
  { query: 'null pointer', first: { text: 'null pointer in line 7', age: 60 }, then: [{ text: 'annullation of pointers', age: 1 }], why: 'both as words' },
  { query: 'main.ts', first: { text: 'see main.ts', age: 60 }, then: [{ text: 'domain.tsx differs', age: 1 }], why: 'a file before a piece of one' },
  { query: 'C++', first: { text: 'he writes C++ daily', age: 60 }, then: [], why: 'signs are a part of a name' },
  { query: '#include', first: { text: '#include <vector>', age: 60 }, then: [], why: 'signs are a part of a name' },
  { query: 'user_id', first: { text: 'user_id is missing', age: 60 }, then: [{ text: 'superuser_ids differ', age: 1 }], why: 'a name before a piece of one' },
  { query: 'git rebase', first: { text: 'git rebase went wrong', age: 60 }, then: [{ text: 'legit rebased', age: 1 }], why: 'both as words' },
  {
    query: 'localhost:8080',
    first: { text: 'open localhost:8080 please', age: 60 },
    then: [{ text: 'localhost:80808', age: 1 }],
    why: 'a port before the beginning of one'
  },
  // spoken lines, as in subtitles
  {
    query: '你在说什么',
    first: { text: '你在说什么？', age: 60 },
    then: [{ text: '我完全不知道你在说什么，你能不能把事情从头到尾再讲一遍给大家听听', age: 1 }],
    why: 'a whole line before a part of a long one'
  },
  {
    query: 'what do you mean',
    first: { text: '- What do you mean?', age: 60 },
    then: [{ text: 'tell me again what do you mean by that because I honestly never understood it at all', age: 1 }],
    why: 'a whole line before a part of a long one'
  },
  { query: '救命', first: { text: '救命！', age: 60 }, then: [{ text: '谢谢救命之恩，改天一定登门道谢', age: 1 }], why: 'a whole line before a part' },
  {
    query: 'hurry',
    first: { text: 'Hurry!', age: 60 },
    then: [{ text: 'you should hurry because the last train leaves soon', age: 1 }],
    why: 'a whole line before a part'
  },
  { query: '不是吧', first: { text: '不是吧……', age: 60 }, then: [{ text: '这不是吧台，是厨房', age: 1 }], why: 'a saying before an accident' },
  { query: 'come on', first: { text: 'Come on, let’s move', age: 60 }, then: [{ text: 'become once again', age: 1 }], why: 'both as words' },
  { query: 'お前は誰だ', first: { text: 'お前は誰だ！', age: 60 }, then: [], why: 'a whole line' },
  {
    query: '사랑해',
    first: { text: '사랑해', age: 60 },
    then: [{ text: '나도 정말 많이 사랑해요 그리고 앞으로도', age: 1 }],
    why: 'a whole line before a piece'
  },
  // short messages
  { query: '在吗', first: { text: '在吗', age: 60 }, then: [{ text: '钥匙现在吗我放桌上了', age: 1 }], why: 'a whole message before an accident' },
  { query: '到家', first: { text: '到家了', age: 60 }, then: [{ text: '找到家具城再说', age: 1 }], why: '找到|家具 is not 到家' },
  { query: '收到', first: { text: '收到', age: 60 }, then: [{ text: '丰收到来之前', age: 1 }], why: '丰收|到来 is not 收到' },
  { query: 'ttyl', first: { text: 'ttyl', age: 60 }, then: [{ text: 'prettyl00k', age: 1 }], why: 'a word before an inner piece' },
  { query: '晚安', first: { text: '晚安~', age: 60 }, then: [{ text: '今晚安排一下', age: 1 }], why: '今晚|安排 is not 晚安' },
  { query: '生日', first: { text: '生日快乐呀', age: 60 }, then: [{ text: '学生日记要交了', age: 1 }], why: '学生|日记 is not 生日' },
  { query: '开会', first: { text: '开会去了', age: 60 }, then: [{ text: '离开会场请关灯', age: 1 }], why: '离开|会场 is not 开会' },
  { query: '下班', first: { text: '下班没', age: 60 }, then: [{ text: '一下班长来了', age: 1 }], why: '一下|班长 is not 下班' },
  { query: '出门', first: { text: '出门了', age: 60 }, then: [{ text: '演出门票两张', age: 1 }], why: '演出|门票 is not 出门' },
  { query: '电话', first: { text: '电话打不通', age: 60 }, then: [{ text: '来电话费自理', age: 1 }], why: 'a word before an accident' },
  { query: '发票', first: { text: '发票寄了', age: 60 }, then: [{ text: '分发票据存根', age: 1 }], why: '分发|票据 is not 发票' },
  { query: '地铁', first: { text: '地铁站见', age: 60 }, then: [{ text: '工地铁门坏了', age: 1 }], why: '工地|铁门 is not 地铁' },
  { query: '马上', first: { text: '马上到', age: 60 }, then: [{ text: '骑在河马上面', age: 1 }], why: '河马|上面 is not 马上' },
  { query: '工资', first: { text: '工资发了', age: 60 }, then: [{ text: '员工资料更新', age: 1 }], why: '员工|资料 is not 工资' },
  { query: '老师', first: { text: '老师好', age: 60 }, then: [{ text: '古老师承', age: 1 }], why: 'a word before an accident' },
  // mixed
  { query: 'wifi密码', first: { text: 'wifi密码是多少', age: 60 }, then: [{ text: 'mywifi密码本丢了', age: 1 }], why: 'a word before an inner piece' },
  { query: 'ppt', first: { text: 'ppt改好了', age: 60 }, then: [{ text: 'MyPPTX太大了', age: 1 }], why: 'a word before an inner piece' },
  { query: 'offer', first: { text: '拿到offer了！', age: 60 }, then: [{ text: 'coffers are empty', age: 1 }], why: 'a word beside Chinese is a word' },
  { query: 'K歌', first: { text: '今晚K歌', age: 60 }, then: [], why: 'a letter and a character' },
  { query: 'AA制', first: { text: '咱们AA制吧', age: 60 }, then: [], why: 'letters and a character' },
  { query: 'BUG单', first: { text: 'bug单关了', age: 60 }, then: [{ text: 'debug单步执行', age: 1 }], why: 'a word before an inner piece' },
  { query: '😂', first: { text: '😂😂', age: 60 }, then: [{ text: '笑死我了，昨天那个视频你一定要看，真的太好笑了😂', age: 1 }], why: 'twice in a short text' },
  { query: '🇨🇳', first: { text: '加油🇨🇳', age: 60 }, then: [], why: 'a flag' },
  { query: 'T恤', first: { text: 'T恤到货', age: 60 }, then: [], why: 'a letter and a character' },
  { query: '5G手机', first: { text: '换了5G手机', age: 60 }, then: [{ text: '15G手机流量用完了', age: 1 }], why: 'a number before a part of one' },
  // two words, further apart or in another order
  {
    query: '飞机 晚点',
    first: { text: '飞机又晚点', age: 60 },
    then: [{ text: '晚点再说吧，我先去看飞机模型展览，回来告诉你好不好看值不值得去', age: 1 }],
    why: 'near before far'
  },
  {
    query: 'doctor appointment',
    first: { text: 'doctor appointment moved', age: 60 },
    then: [{ text: 'appointment of a new chairman, who used to be a doctor in the village long ago', age: 1 }],
    why: 'near before far'
  },
  {
    query: '护照 复印',
    first: { text: '护照要复印', age: 60 },
    then: [{ text: '复印机坏了，等修好了再来，你的护照先放我这里，过两天一起给你寄过去', age: 1 }],
    why: 'near before far'
  },
  { query: 'train ticket', first: { text: 'train ticket booked', age: 60 }, then: [{ text: 'ticketing staff are in training', age: 1 }], why: 'both as words' },
  // the rarer word weighs more
  {
    query: 'axolotl OR coffee',
    first: { text: 'axolotl tank', age: 30 },
    then: [
      { text: 'coffee soon', age: 29 },
      { text: 'coffee later', age: 28 },
      { text: 'some coffee', age: 27 }
    ],
    why: 'the rarer word weighs more'
  },
  {
    query: '穿山甲 OR 外卖',
    first: { text: '穿山甲视频', age: 30 },
    then: [
      { text: '外卖到了', age: 29 },
      { text: '点外卖', age: 28 },
      { text: '外卖呢', age: 27 }
    ],
    why: 'the rarer word weighs more'
  },
  { query: 'Node 24', first: { text: 'use Node 24 here', age: 60 }, then: [{ text: 'Node 245 tickets', age: 1 }], why: 'a number before the beginning of one' },
  { query: '第3章', first: { text: '读完第3章了', age: 60 }, then: [], why: 'a digit between characters' },
  {
    query: '星期五 聚餐',
    first: { text: '星期五聚餐', age: 60 },
    then: [{ text: '聚餐改期了，具体哪天再说，反正不是星期五，大家先别订位子，等我消息', age: 1 }],
    why: 'near before far'
  },
  { query: 'see you', first: { text: 'see you', age: 60 }, then: [{ text: 'oversee youths', age: 1 }], why: 'both as words' },
  { query: '加班', first: { text: '又加班', age: 60 }, then: [{ text: '参加班会', age: 1 }], why: '参加|班会 is not 加班' },
  { query: 'привет', first: { text: 'Привет!', age: 60 }, then: [{ text: 'приветствие гостям', age: 1 }], why: 'a word before the beginning of one' },
  { query: '고마워', first: { text: '고마워', age: 60 }, then: [], why: 'a whole message' },
  // Japanese, Korean, Thai, Hindi, Arabic, Cyrillic and others
  { query: '会社', first: { text: '会社休みます', age: 60 }, then: [{ text: '協会社員の方', age: 1 }], why: '協会|社員 is not 会社' },
  {
    query: 'カメラ',
    first: { text: 'カメラ買った', age: 60 },
    then: [{ text: '昨日友達と一緒に駅前の店で新しいカメラをいろいろ見てきました', age: 1 }],
    why: 'short texts before long ones'
  },
  { query: 'たんじょうび', first: { text: 'タンジョウビおめでとう', age: 60 }, then: [], why: 'hiragana for katakana' },
  { query: '斎藤さん', first: { text: '齋藤さん来ますか', age: 60 }, then: [], why: 'forms of a family name' },
  { query: 'ありがとー', first: { text: 'ありがと〜！', age: 60 }, then: [], why: 'marks that draw a word out' },
  { query: '佐々木', first: { text: '佐佐木です', age: 60 }, then: [], why: 'an iteration mark' },
  { query: '생일', first: { text: '생일 축하해', age: 60 }, then: [{ text: '학생일기를 썼다', age: 1 }], why: 'a word before an inner piece' },
  { query: '회의 시간', first: { text: '회의 시간 바뀜', age: 60 }, then: [{ text: '다음 시간은 국회의사당 견학', age: 1 }], why: 'both as words' },
  {
    query: 'ㅋㅋ',
    first: { text: 'ㅋㅋ', age: 60 },
    then: [{ text: '진짜 너무 웃겨서 눈물이 났어 ㅋㅋ 다시 봐도 웃겨', age: 1 }],
    why: 'a whole message before a part'
  },
  { query: 'น้ำ', first: { text: 'นํ้า', age: 60 }, then: [{ text: 'วันนี้ที่บ้านไม่มีน้ำประปาใช้ตั้งแต่เช้าเลยนะ', age: 1 }], why: 'two orders of marks; short before long' },
  { query: 'जिंदगी', first: { text: 'ज़िंदगी', age: 60 }, then: [{ text: 'जिंदगी बहुत लंबी है और हम सब को साथ चलना है', age: 1 }], why: 'nukta; short before long' },
  { query: 'موعد', first: { text: 'موعد الطبيب', age: 60 }, then: [{ text: 'الموعدين غدا', age: 1 }], why: 'a word before an inner piece' },
  { query: 'کتاب', first: { text: 'كتاب جديد', age: 60 }, then: [], why: 'letters of two keyboards' },
  { query: 'встреча', first: { text: 'встреча в пять', age: 60 }, then: [{ text: 'невстречаемость', age: 1 }], why: 'a word before an inner piece' },
  { query: 'кот', first: { text: 'кот спит', age: 60 }, then: [{ text: 'который час, скот', age: 1 }], why: 'a word before an inner piece' },
  { query: 'καλημερα', first: { text: 'Καλημέρα!', age: 60 }, then: [], why: 'accents' },
  { query: 'ışık', first: { text: 'ISIK', age: 60 }, then: [], why: 'the Turkish i' },
  // signs that stand for each other
  { query: '《三体》', first: { text: '《三体》看完了', age: 60 }, then: [{ text: '<<三体>>在哪', age: 1 }], why: 'a whole word in a short text' },
  { query: '[通知]', first: { text: '【通知】放假', age: 60 }, then: [], why: 'brackets of another keyboard' },
  { query: '好吧...', first: { text: '好吧。。。', age: 60 }, then: [], why: 'dots of another keyboard' },
  { query: '1920x1080', first: { text: '1920×1080', age: 60 }, then: [], why: 'the sign of multiplication' },
  // money, times, addresses
  { query: '$20', first: { text: 'I owe you $20', age: 60 }, then: [{ text: 'it was $200', age: 1 }], why: 'a sum before the beginning of one' },
  { query: '15:30', first: { text: '15:30 见', age: 60 }, then: [{ text: 'log 15:30:59', age: 1 }], why: 'a time before the beginning of one' },
  {
    query: 'bob@example.com',
    first: { text: 'write to bob@example.com', age: 60 },
    then: [{ text: 'abob@example.community', age: 1 }],
    why: 'an address before a piece of one'
  },
  { query: '@小李', first: { text: '@小李 看下', age: 60 }, then: [{ text: '@小李子 也看下', age: 1 }], why: 'a name before the beginning of one' }
]
