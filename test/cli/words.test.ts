import { mkdirSync } from 'node:fs';
import { expect, describe, it } from 'vitest';
import { verbs } from '../../src/cli/verbs.ts';
import { budget, service, workspace } from './workspace.ts';

const ESCAPE = '\u001b[';

describe('the command line itself', () => {
  it('lists every verb; without any it is a mistake', async () => {
    const help = await workspace().launchgate('--help');
    expect(help.code).toBe(0);
    for (const { name } of verbs) expect(help.out).toContain(`  ${name} `);
    expect(await workspace().launchgate('')).toMatchObject({ code: 2 });
  });

  it.each(verbs.map(({ name }) => name))('%s explains itself', async (name) => {
    const { code, out } = await workspace().run([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: launchgate ${name}`);
  });

  it('help VERB is VERB --help', async () => {
    const { code, out } = await workspace().launchgate('help check');
    expect(code).toBe(0);
    expect(out).toContain('Usage: launchgate check');
    expect((await workspace().launchgate('help evidence add')).out).toContain('Usage: launchgate evidence add');
  });

  it('knows its version', async () => {
    expect((await workspace().launchgate('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ['chek', 'Did you mean "check"?'],
    ['frobnicate', 'there is no verb "frobnicate"'],
    ['check --formt json', '--format'],
    ['check -f yaml', 'human, json, sarif'],
    ['--frobnicate', 'there is no option --frobnicate without a verb'],
    ['evidence ad', 'add'],
    ['evidence add report.sarif', 'Run "launchgate evidence --help"'],
    ['check --baseline nowhere.json', 'nowhere.json does not exist'],
    ['drill runn', '(Did you mean run?)'],
    ['drill', 'run drills on a target'],
    ['synth --writ', '--write'],
    ['controls disruption-budgets', 'disruption-budget?'],
    ['completion tcsh', 'bash, zsh, fish'],
  ])('%s: exit 2 and a hint', async (line, hint) => {
    const { code, out, err } = await workspace().launchgate(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(hint);
  });
});

describe('controls', () => {
  it('lists the catalog and explains one control', async () => {
    const list = await workspace().launchgate('controls');
    expect(list).toMatchObject({ code: 0, err: '' });
    expect(list.out).toContain('disruption-budget');
    const one = await workspace().launchgate('controls disruption-budget');
    expect(one.out).toContain('unreadyPodsMayGo');
    expect(one.out).toContain('quorum');
  });

  it('as JSON', async () => {
    const catalog = JSON.parse((await workspace().launchgate('controls -f json')).out) as { controls: unknown[] };
    expect(catalog.controls.length).toBeGreaterThan(60);
    const one = JSON.parse((await workspace().launchgate('controls disruption-budget -f json')).out) as unknown;
    expect(one).toMatchObject({ kind: 'Control', id: 'disruption-budget', built: true });
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s knows the verbs and the controls', async (shell) => {
    const { code, out } = await workspace().launchgate(`completion ${shell}`);
    expect(code).toBe(0);
    for (const word of ['break-glass', 'disruption-budget', 'fsck prove checkpoint sequence', 'add list show'])
      expect(out).toContain(word);
  });
});

describe('colour and streams', () => {
  const files = { 'api.yaml': service('api'), 'budget.yaml': budget('api', 'maxUnavailable: 0') };
  const line = 'check -c disruption-budget';

  it.each([
    ['on a terminal', { terminal: true }, true],
    ['in a pipe', {}, false],
    ['with NO_COLOR on a terminal', { terminal: true, env: { NO_COLOR: '1' } }, false],
    ['with FORCE_COLOR in a pipe', { env: { FORCE_COLOR: '1' } }, true],
    ['with NO_COLOR against FORCE_COLOR', { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['with FORCE_COLOR=0 on a terminal', { terminal: true, env: { FORCE_COLOR: '0' } }, false],
    ['on a dumb terminal', { terminal: true, env: { TERM: 'dumb' } }, false],
  ])('%s', async (_where, around, coloured) => {
    expect((await workspace(files).launchgate(line, around)).out.includes(ESCAPE)).toBe(coloured);
  });

  it('machine formats are never coloured', async () => {
    const { out } = await workspace(files).launchgate(`${line} -f json`, { terminal: true, env: { FORCE_COLOR: '1' } });
    expect(out).not.toContain(ESCAPE);
  });

  it('fits a narrow terminal', async () => {
    const { out } = await workspace(files).launchgate(line, { columns: 50 });
    for (const text of out.split('\n')) expect(text.length, text).toBeLessThanOrEqual(50);
  });

  it('data goes to standard output, notes go to standard error', async () => {
    const noisy = workspace(files);
    const { out, err } = await noisy.launchgate('synth -c disruption-budget');
    expect(out.startsWith('---')).toBe(true);
    expect(err).not.toContain('---');
    mkdirSync(noisy.home);
    expect(await noisy.launchgate('evidence list')).toMatchObject({ code: 2, out: '' });
  });
});
