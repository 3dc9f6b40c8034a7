/** Says 'go' and brings a store's schema up to date; to be killed meanwhile. */
import { openWritable } from '../../src/engine/store/database.ts'
import { storeFiles } from './files.ts'

process.stdout.write('go\n', () => {
  openWritable(storeFiles(process.argv[2] ?? '')).close()
  process.stdout.write('done\n')
})
