import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gated, sarif } from './gated.ts';
import { DIGEST, type Workspace } from './workspace.ts';

/**
 * An escape that colours, one that sets the window's title, a mark that turns text around, a tag nobody sees, a line of its own, commands to
 * GitHub Actions in its new form and its old one, and to Azure Pipelines.
 */
const NAME = 'pay\u001B[31m\u001B]0;t\u0007\u202Eyap\u{E0041}\n::error::x##[error]y##vso[task.prependpath]z';

/** What a CI server would obey in what a step prints. */
const COMMAND = /^\s*::\w|##\w*\[/m;

/** What a terminal would obey or not show. Ends of lines and tabs are the tool's own. */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

let world: Workspace;
beforeAll(async () => {
  const workload = (metadata: object, kind: string, spec: object): string =>
    JSON.stringify({ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'policy/v1', kind, metadata, spec });
  const labels = { app: NAME };
  const container = { name: NAME, image: `reg/${NAME}:latest` };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  world = await gated({
    'deploy/hostile.yaml': [
      workload({ name: NAME, labels }, 'Deployment', { replicas: 2, selector: { matchLabels: labels }, template }),
      workload({ name: NAME }, 'PodDisruptionBudget', { minAvailable: 2, selector: { matchLabels: labels } }),
    ].join('\n---\n'),
    [`deploy/${NAME.replaceAll('/', '_')}.yaml`]: 'a: [',
  });
  const hostile = sarif([{ ruleId: `CVE-2026-1${NAME}`, severity: '9.8' }]);
  writeFileSync(join(world.base, 'hostile.sarif'), hostile);
});
afterAll(() => world.remove());

describe('names and findings that hold what a terminal obeys', () => {
  it.each([
    ...['human', 'json', 'sarif', 'junit', 'markdown', 'html'].map((format) => `check -f ${format}`),
    ...['human', 'json', 'dot', 'svg'].map((format) => `reach -f ${format}`),
    'check --verbose',
    'synth',
    'synth -f json',
    `evidence add ../hostile.sarif -c vulnerability-policy -s service/api -e production --about ${DIGEST}`,
    'evidence list',
    ...['human', 'json', 'junit', 'markdown', 'html'].map((format) => `gate scanned -f ${format}`),
    'ledger fsck -f json',
  ])('reach nobody as they are: %s', async (line) => {
    const { out, err } = await world.launchgate(line, { terminal: true, env: { NO_COLOR: '1' } });
    expect(out).not.toBe('');
    expect(OBEYED.exec(out + err)?.[0]).toBeUndefined();
    expect(COMMAND.exec(out + err)?.[0]).toBeUndefined();
  });

  it('stay as they are in a patch that a program takes', async () => {
    expect((await world.launchgate('synth')).out).toMatch(/^[ +-].*pay/m);
  });
});
