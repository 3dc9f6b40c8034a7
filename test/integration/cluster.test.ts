/** Short version of `npm run faults -- cluster`. */
import { expect, test } from 'vitest'
import { runCluster } from '../faults/cluster.ts'
import { hasEjabberd } from '../support/ejabberd.ts'

test.skipIf(!hasEjabberd())(
  'cluster nodes are killed and restarted: clients move to the other node, and nothing is lost, doubled or out of order',
  // the run itself ends with a report when there is no progress for five minutes
  { timeout: 900_000 },
  async () => {
    const told: string[] = []
    const result = await runCluster({ messages: 30, kills: 2, pause: 3000, log: (text) => told.push(text) })
    expect(result, told.join('\n')).toMatchObject({ lost: 0, doubled: 0, disordered: 0, unsettled: 0, untrue: 0, kills: 2 })
    expect(result.moves.length).toBeGreaterThan(0)
  }
)
