/** Lint: pitfalls of the language and of Vue, and the borders between the folders (ARCHITECTURE.md); test/house/layers.test.ts checks their order. */
import { builtinModules } from 'node:module'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

/** Forbids matching imports; the message describes the job of the folder. */
const border = (files: string[], message: string, forbidden: string[], ignores: string[] = []) => ({
  files,
  ignores: ['**/*.test.ts', ...ignores],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }] satisfies [string, object] as ['error', object] }
})
/** Electron and windows: only src/main and src/renderer may import them. */
const WINDOWS = ['electron', '**/main/**', '**/ipc/**', '**/windows/**', '**/desktop/**', '**/renderer/**', 'vue']
const nodeModules = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)]

export default ts.config(
  { ignores: ['node_modules', 'out', 'dist', 'native/build', 'native/generated', 'demo-screens', 'test-output', '**/*.mjs', '**/*.cjs'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended-error'],
  // formatting is Prettier's job
  prettier,
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      'no-eval': 'error',
      'vue/no-v-html': 'error',
      // unscoped rules of one component would apply to all
      'vue/enforce-style-attribute': ['error', { allow: ['scoped'] }],
      'vue/multi-word-component-names': ['error', { ignores: ['App'] }],
      'vue/require-default-prop': 'off'
    }
  },
  border(['src/contract/**'], 'contract imports nothing of ours and no platform', [
    '**/engine/**',
    '**/main/**',
    '**/renderer/**',
    '**/preload/**',
    '**/tools/**',
    'electron',
    'vue',
    ...nodeModules
  ]),
  border(['src/renderer/**'], 'renderer imports contract and itself', [
    '**/engine/**',
    '**/main/**',
    '**/preload/**',
    '**/tools/**',
    'electron',
    ...nodeModules
  ]),
  border(['src/preload/**'], 'preload imports contract and electron', ['**/engine/**', '**/main/**', '**/renderer/**', '**/tools/**', ...nodeModules]),
  border(['src/engine/**', 'src/cli/**', 'src/demo/**', 'src/main/profile.ts'], 'the engine knows no Electron and no window', WINDOWS),
  border(['src/engine/xmpp/stanzas/**'], 'stanzas are pure', [
    ...WINDOWS,
    '**/store/**',
    '**/threads/**',
    '**/modules/**',
    '**/stream/**',
    '**/net/**',
    '**/search/**',
    ...nodeModules
  ]),
  border(['src/engine/{store,search,threads}/**'], 'store and search know no XMPP', [
    ...WINDOWS,
    '@xmpp/*',
    '**/xmpp/session*',
    '**/xmpp/stanzas/**',
    '**/xmpp/modules/**',
    '**/xmpp/stream/**',
    '**/net/**'
  ]),
  border(['src/engine/search/{query,dates,bits}.ts'], "search's language is pure", [
    ...WINDOWS,
    '**/store/**',
    './search.ts',
    './hits.ts',
    './columns.ts',
    './people.ts',
    './names.ts',
    './engine.ts',
    ...nodeModules
  ]),
  border(['src/engine/net/**', 'src/engine/xmpp/stream/**'], 'the stream knows no store', [
    ...WINDOWS,
    '**/store/**',
    '**/threads/**',
    '**/modules/**',
    '**/search/**'
  ])
)
