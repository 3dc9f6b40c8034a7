/** Lint: the language's own traps, Vue's, and the borders between the rooms (ARCHITECTURE.md). */
import { builtinModules } from 'node:module'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const main = 'src/main/{connection,protocol,sync,store,search,media,cli}/**/*.ts'

/** Refuses the imports that match; the message says what the room is for. */
const border = (files: string[], message: string, forbidden: string[], ignores: string[] = []) => ({
  files,
  ignores: ['**/*.test.ts', ...ignores],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }] satisfies [string, object] as ['error', object] }
})
/** What only ipc, windows, desktop and index.ts may touch. */
const WINDOWS = ['electron', '**/ipc/**', '**/windows/**', '**/desktop/**', '**/renderer/**', 'vue']
const nodeModules = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)]

export default ts.config(
  { ignores: ['node_modules', 'out', 'dist', 'native/build', 'native/generated', 'demo-screens', 'test-output', '**/*.mjs', '**/*.cjs'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended-error'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      'no-eval': 'error',
      'vue/no-v-html': 'error',
      // a rule of one component would be everybody's
      'vue/enforce-style-attribute': ['error', { allow: ['scoped'] }],
      'vue/multi-word-component-names': ['error', { ignores: ['App'] }],
      'vue/require-default-prop': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always', normal: 'always', component: 'always' } }]
    }
  },
  border(['src/contract/**'], 'contract imports nothing of ours and no platform', ['**/main/**', '**/renderer/**', '**/preload/**', '**/tools/**', 'electron', 'vue', ...nodeModules]),
  border(['src/renderer/**'], 'renderer imports contract and itself', ['**/main/**', '**/preload/**', '**/tools/**', 'electron', ...nodeModules]),
  border(['src/preload/**'], 'preload imports contract and electron', ['**/main/**', '**/renderer/**', '**/tools/**', ...nodeModules]),
  border([main, 'src/main/{engine,profile,assets}.ts'], 'the engine knows no Electron and no window', [...WINDOWS]),
  border(['src/main/protocol/**'], 'protocol is pure', [...WINDOWS, '**/store/**', '**/sync/**', '**/connection/**', '**/search/**', ...nodeModules]),
  border(['src/main/store/**', 'src/main/search/**'], 'store and search know no XMPP', [...WINDOWS, '@xmpp/*', '**/protocol/**', '**/sync/**', '**/connection/**']),
  border(['src/main/search/{query,dates,bits}.ts'], "search's language is pure", ['**/store/**', './search.ts', './hits.ts', './columns.ts', './people.ts', './names.ts', './engine.ts', ...nodeModules]),
  border(['src/main/connection/**'], 'connection knows no store', [...WINDOWS, '**/store/**', '**/sync/**', '**/search/**'])
)
