/** People and groups of the demo. */
import { DOMAIN, ROOMS } from './prosody.ts'

export interface Character {
  user: string
  name: string
  /** Language of their messages. */
  language: 'zh' | 'en' | 'ja' | 'mixed'
  /** Relative share of the history. */
  weight: number
}

export const YOU = { user: 'you', password: 'demo-only-on-this-machine' }

export const CAST: readonly Character[] = [
  { user: 'linxiaoyu', name: '林晓雨', language: 'zh', weight: 6 },
  { user: 'chenjianguo', name: '陈建国', language: 'zh', weight: 4 },
  { user: 'sarah', name: 'Sarah Miller', language: 'en', weight: 5 },
  { user: 'sato', name: '佐藤 健', language: 'ja', weight: 2 },
  { user: 'zhoujie', name: '周杰 Jay', language: 'mixed', weight: 5 },
  { user: 'liting', name: '李婷', language: 'zh', weight: 3 },
  { user: 'david', name: 'David Kim', language: 'mixed', weight: 3 }
]

export const GROUPS: readonly { user: string; name: string; members: readonly string[]; weight: number }[] = [
  { user: 'product', name: '产品讨论组 Product', members: ['linxiaoyu', 'zhoujie', 'sarah', 'david', 'liting'], weight: 8 },
  { user: 'hike', name: '周末徒步 Weekend Hikers', members: ['chenjianguo', 'liting', 'sato', 'sarah'], weight: 4 }
]

export const address = (user: string): string => `${user}@${DOMAIN}`
export const room = (user: string): string => `${user}@${ROOMS}`
