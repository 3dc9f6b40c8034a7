/** The conformance test on Debian's ejabberd, if it is installed. */
import { test } from 'vitest'
import { hasEjabberd } from '../support/ejabberd.ts'

process.env['MNEMO_TEST_SERVER'] = 'ejabberd'
if (hasEjabberd()) await import('./conformance.test.ts')
else test.skip('conformance on ejabberd', () => undefined)
