import { describe, expect, it } from 'vitest';
import { jobsOn, onChangeTo } from './reach.ts';
import { readWorkflow } from './read.ts';
import type { Trigger } from './types.ts';

const trigger = (event: string, filters: Partial<Trigger> = {}): Trigger => ({
  event,
  inputs: [],
  origin: { path: 'ci.yml', pointer: [] },
  ...filters,
});

describe('what looks at every change to the default branch', () => {
  it.each<[string, Partial<Trigger>]>([
    ['pull_request', {}],
    ['pull_request', { branches: ['main'] }],
    ['pull_request', { branches: ['**', '!wip/**'] }],
    ['pull_request', { branches: ['m*'], types: ['opened', 'synchronize'] }],
    ['pull_request', { branchesIgnore: ['docs/**'] }],
    ['merge_group', { types: ['checks_requested'] }],
    ['push', {}],
    ['push', { branches: ['**'] }],
    ['push', { branches: ['**'], tags: ['v*'] }],
    ['push', { branchesIgnore: ['dependabot/**'], tags: ['v*'] }],
  ])('%s %o', (event, filters) => expect(onChangeTo('main')(trigger(event, filters))).toBe(true));

  it.each<[string, Partial<Trigger>]>([
    ['pull_request', { branches: ['develop', 'release/**'] }],
    ['pull_request', { branches: ['**', '!main'] }],
    ['pull_request', { branchesIgnore: ['ma*'] }],
    ['pull_request', { types: ['labeled'] }],
    ['pull_request', { types: ['opened'] }],
    ['push', { branches: ['main'] }],
    ['push', { branches: ['**', '!main'] }],
    ['push', { tags: ['v*'] }],
    ['push', { tagsIgnore: ['*-rc*'] }],
    ['schedule', {}],
  ])('and not %s %o', (event, filters) => expect(onChangeTo('main')(trigger(event, filters))).toBe(false));

  it('takes the usual names where none is told', () => {
    expect(onChangeTo(undefined)(trigger('pull_request', { branches: ['master'] }))).toBe(true);
    expect(onChangeTo('main')(trigger('pull_request', { branches: ['master'] }))).toBe(false);
  });
});

it('leaves out what is switched off', () => {
  const workflow = readWorkflow({
    path: 'ci.yml',
    class: 'github-workflow',
    origin: { path: 'ci.yml', pointer: [] },
    data: {
      on: 'pull_request',
      jobs: {
        off: { if: false, steps: [{ run: 'npm test' }] },
        also: { if: '${{ false }}', steps: [{ run: 'npm test' }] },
        on: {
          steps: [
            { if: 'false', run: 'npm test' },
            { if: 'always()', run: 'npm run lint' },
          ],
        },
      },
    },
  });
  const jobs = jobsOn(() => true, { workflows: [workflow], actions: [] });
  expect(jobs.map(({ job, steps }) => [job.id, steps.map(({ run }) => run?.value)])).toEqual([
    ['on', ['npm run lint']],
  ]);
});
