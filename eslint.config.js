import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';

/** Time comes in as an argument or from `lib/center/clock.ts`, so that tests and "skip 24 hours" can move it. */
const NO_CLOCK = {
  'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Take the time from the center’s clock.' }],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time from the center’s clock.' },
  ],
};

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.data/**', 'test/.artifacts/**'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/no-v-html': 'error',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/multiline-html-element-content-newline': 'off',
    },
  },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['lib/**/*.ts', 'desk/api/**/*.ts', 'nodes/**/*.ts'],
    ignores: ['lib/center/clock.ts', '**/*.editor.ts', 'lib/page/**', 'lib/simulator/phone/**'],
    rules: NO_CLOCK,
  },
  {
    files: ['lib/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\./)', message: 'lib/domain imports nothing from outside.' }] },
      ],
    },
  },
  {
    files: ['lib/**/*.ts', 'lib/**/*.vue'],
    // lib/node-red puts the rooms together, the desk among them.
    ignores: ['lib/domain/**', 'lib/node-red/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '(\\.\\./)+(desk|nodes)/',
              message: 'An arrow only points inward: the engine imports neither desk nor nodes.',
            },
          ],
        },
      ],
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
);
