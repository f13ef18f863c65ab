import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkProject } from '../src/app/check.ts';
import { applyMends, copyExample, readMends } from '../src/app/demo/workspace.ts';
import { controls } from '../src/controls/catalog.ts';
import { bindFault } from '../src/engine/bind.ts';
import { namedSubjects } from '../src/engine/run.ts';
import type { CheckReport } from '../src/model/report.ts';

/** The reference platform claims ten faults and no other. Pinned renders are judged, so that no tool is needed. */
describe('the reference platform', () => {
  const base = mkdtempSync(join(tmpdir(), 'launchgate-example-'));
  let root: string;

  beforeAll(() => {
    ({ root } = copyExample(base, {}));
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  const check = async (environment: string): Promise<CheckReport> =>
    (await checkProject({ root, spec: 'launchgate.yaml' }, { environment, render: false })).report;

  it('fails in production for exactly the controls that FAULTS.md names', async () => {
    const { findings, unread } = await check('production');
    const faults = faultsOf(readFileSync(join(root, 'FAULTS.md'), 'utf8'));
    expect(faults).toHaveLength(10);
    expect(failedIn(findings)).toEqual([...new Set(faults.flat())].sort());
    expect(unread).toEqual([]);
  });

  it('can be asked by each control alone, with what the control declares to read and nothing else', async () => {
    const options = { environment: 'production', render: false, controls: [] };
    const { facts } = await checkProject({ root, spec: 'launchgate.yaml' }, options);
    const faults = controls.flatMap((control) =>
      // Facts of its own each: what another control had worked out before would stand in for what this one may not read.
      namedSubjects({ ...facts }, [control]).flatMap(({ subject }) => {
        const fault = bindFault({ ...facts }, control, subject);
        return fault === undefined ? [] : `${control.meta.id}: ${String(fault)}`;
      }),
    );
    expect(faults).toEqual([]);
  });

  it('fails in no environment once the mends are applied', async () => {
    applyMends(root, readMends(root));
    for (const environment of ['production', 'staging']) {
      const { findings, summary, unread } = await check(environment);
      expect([environment, failedIn(findings)]).toEqual([environment, []]);
      expect(summary.pass).toBeGreaterThan(0);
      expect(unread).toEqual([]);
    }
  });
});

/** The controls of each row of the table: the second cell, where they stand between backticks. */
function faultsOf(page: string): string[][] {
  const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  return rows.map((row) => [...(row.split('|')[2] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, id]) => id ?? ''));
}

function failedIn(findings: CheckReport['findings']): string[] {
  return [...new Set(findings.flatMap(({ control, outcome }) => (outcome === 'fail' ? [control] : [])))].sort();
}
