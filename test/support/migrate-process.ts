/** Prints 'go' and migrates a store's schema; to be killed in the meantime. */
import { openWritable } from '../../src/engine/store/database.ts'
import { storeFiles } from './files.ts'

process.stdout.write('go\n', () => {
  openWritable(storeFiles(process.argv[2] ?? '')).close()
  process.stdout.write('done\n')
})
