/** (j) Group of 10,000 occupants: time to enter it, and delays of the main thread's event loop meanwhile. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { hostileServer } from '../test/support/hostile-server.ts'
import { empty, LARGE_GROUP, letIn } from '../test/support/large-group.ts'
import { online, openEngine, testFolder, until } from '../test/support/server.ts'
import { table } from './table.ts'

const COUNTS = [100, 1000, 10_000]

export async function largeGroup(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const count of COUNTS) {
    const server = await hostileServer()
    const folder = testFolder()
    const engine = await openEngine(folder.path)
    await engine.signIn(server.settings)
    await online(engine)
    let told = 0
    engine.live.on('change', ({ occupants }) => void (occupants !== undefined && told++))
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const started = performance.now()
    const entering = engine.conversations.start(LARGE_GROUP, 'group', 'alice')
    await letIn(server, count)
    const { id } = await entering
    const entered = performance.now() - started
    const listing = performance.now()
    await engine.groups.inside(id, (groups, jid) => groups.members(jid))
    const listed = performance.now() - listing
    empty(server, count / 2)
    await until(engine, async () => (await engine.groups.inside(id, (groups, jid) => groups.members(jid))).members.length === count / 2 + 1)
    delay.disable()
    rows.push([count.toLocaleString('en'), entered.toFixed(0), listed.toFixed(0), (delay.percentile(99) / 1e6).toFixed(1), (delay.max / 1e6).toFixed(0), told])
    await engine.close()
    folder.remove()
    server.close()
  }
  table(
    'A group: everybody shown on entering, then half of them leave',
    ['members', 'entered, ms', 'member list, ms', 'event-loop delay p99, ms', 'max, ms', 'times told'],
    rows
  )
}
