import { expect, it } from 'vitest';
import { TOOLS } from './tools.ts';

/** What kinds of checks a command counts as. */
const kindsOf = (command: string): string[] => [
  ...new Set(TOOLS.filter(({ commands }) => commands?.test(command) === true).map(({ kind }) => kind)),
];

it.each([
  ['pnpm vitest run --shard=1/2', 'unit'],
  ['yarn jest --ci', 'unit'],
  ['pnpm --filter api test', 'unit'],
  ['pnpm eslint .', 'lint'],
  ['npm run ci', 'unit'],
  ['yarn ci', 'unit'],
  ['npm --prefix web test', 'unit'],
  ['npm audit --omit=dev', 'dependency'],
])('%s is %s', (command, kind) => expect(kindsOf(command)).toContain(kind));

it.each([
  'npm ci',
  'npm ci --ignore-scripts',
  'bun ci',
  'npm install -g eslint',
  'npm install --no-audit',
  'pnpm --dir web add -D vitest',
  'yarn add jest-junit',
  'yarn workspace web add jest',
  'npm cache verify',
  'pnpm javascript',
])('%s checks nothing', (command) => expect(kindsOf(command)).toEqual([]));
