import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { expect, describe, it } from 'vitest';
import { verbs } from '../../src/cli/verbs.ts';
import { budget, expectCode, service, SPEC, workspace } from './workspace.ts';

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
    ['help evidence ad', 'there is no evidence "ad". Did you mean "add"?'],
    ['help check foo', 'there is no check "foo"'],
    ['help --frobnicate', 'there is no option --frobnicate'],
    ['check -c disruption-budget,replica-spread', 'with spaces between them'],
    ['check a \u001B[31mb', 'got 2: a, \\u001b[31mb'],
    ['--verison', 'Did you mean "--version"?'],
    ['--format json', 'there is no option --format without a verb'],
    ['evidence ad', 'add'],
    ['evidence add report.sarif', 'Run "launchgate evidence add --help"'],
    ['evidence ad', 'Run "launchgate evidence --help"'],
    ['check --baseline nowhere.json', 'nowhere.json does not exist'],
    ['drill runn', '(Did you mean run?)'],
    ['drill', 'run drills on a target'],
    ['synth --writ', '--write'],
    ['controls disruption-budgets', 'disruption-budget?'],
    ['check -c disruption-budgets', 'Did you mean disruption-budget?'],
    ['drill run alert-delivery -o none/report.json', 'none/report.json is not a file in a folder that is there'],
    ['ledger prove 0123456789abcdef -o none/proof', 'none/proof is not a file in a folder that is there'],
    ['synth -c disruption-budget ../shop', 'Name a path before the controls'],
    ['completion tcsh', 'bash, zsh, fish'],
  ])('%s: exit 2 and a hint', async (line, hint) => {
    const { code, out, err } = await workspace().launchgate(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(hint);
  });
});

it.each([
  [['check', ''], 'the path is empty'],
  [['synth', '--platform', ''], '--platform is empty'],
])('%j, as of a variable that is not set, is no folder', async (argv, said) => {
  const { code, out, err } = await workspace().run(argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(said);
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
  const files = { 'launchgate.yaml': SPEC };
  const words = async (typed: string): Promise<string[]> => {
    const line = ['completion', 'words', '--', ...typed.split(' ')];
    const { out } = expectCode(await workspace(files).run(line), 0);
    return out
      .trimEnd()
      .split('\n')
      .map((one) => one.split('\t')[0] ?? '');
  };

  it.each(['bash', 'zsh', 'fish'])('%s asks the command line', async (shell) => {
    const { out } = expectCode(await workspace().launchgate(`completion ${shell}`), 0);
    expect(out).toContain('launchgate completion words --');
  });

  it.each([
    ['', ['break-glass', 'check', 'help']],
    ['-', ['--help', '--version']],
    ['help led', ['ledger']],
    ['help ledger ', ['fsck', 'prove', 'checkpoint', 'sequence']],
    ['ledger ', ['fsck', 'prove', 'checkpoint', 'sequence']],
    ['evidence ', ['add', 'list', 'show']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['check ', [':files']],
    ['check --', ['--format', '--environment', '--no-render', '--fail-on', '--help']],
    ['check -f ', ['human', 'json', 'sarif', 'junit', 'markdown', 'html']],
    ['check --fail-on h', ['high']],
    ['check --format=j', ['--format=json', '--format=junit']],
    ['check --format = j', ['json', 'junit']],
    ['check --format =', ['human', 'json', 'sarif', 'junit', 'markdown', 'html']],
    ['gate promote --from=st', ['--from=staging']],
    ['check --platform=lau', [':files']],
    ['check -c disruption-budget vul', ['vulnerability-policy']],
    ['check --platform ', [':files']],
    ['controls disruption-b', ['disruption-budget']],
    ['drill run audit-t', ['audit-trail']],
    ['gate ', ['public-launch', 'lab-rehearsal']],
    ['gate promote --from ', ['production', 'staging']],
    ['gate promote -e st', ['staging']],
    ['waive disruption-budget -s ', ['service/api', 'environment/production', 'platform/shop']],
    ['evidence add ', [':files']],
    ['evidence add report.xml -c integration-f', ['integration-fidelity']],
    ['evidence add report.xml --type ', ['sarif', 'junit', 'cyclonedx', 'plan', 'attachment']],
    ['evidence add -k ', ['ssh-agent']],
  ])('after "%s"', async (typed, said) => {
    expect(await words(typed)).toEqual(expect.arrayContaining(said));
  });

  it('offers an option once, and a verb no words of another', async () => {
    expect(await words('check -f json --')).not.toContain('--format');
    expect(await words('check --format=json --')).not.toContain('--format');
    expect(await words('check --nothing=j')).toEqual(['']);
    expect(await words('drill list vulnerability-p')).toEqual(['']);
  });

  it('bash: shows what fits and hands nothing of a name to the shell', async () => {
    const { out } = await workspace().launchgate('completion bash');
    const world = workspace({ 'a file.yaml': '' });
    const script = `${out}
launchgate() { printf '%s\\n' "check\tsays" 'chart$(touch made)\tx' 'other\t' ':files'; }
compopt() { :; }
COMP_WORDS=(launchgate ch) COMP_CWORD=1; _launchgate; printf '<%s>' "\${COMPREPLY[@]}"
COMP_WORDS=(launchgate check 'a f') COMP_CWORD=2; _launchgate; printf '<%s>' "\${COMPREPLY[@]}"`;
    const said = execFileSync('bash', ['-c', script], { cwd: world.root, encoding: 'utf8' });
    expect(said).toBe('<check><chart$(touch made)><a file.yaml>');
    expect(readdirSync(world.root)).toEqual(['a file.yaml']);
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
    ['with FORCE_COLOR=false on a terminal', { terminal: true, env: { FORCE_COLOR: 'false' } }, false],
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
