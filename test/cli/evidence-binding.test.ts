/** What a report is about, and whose time it has: a commit, and not one that was made after it. */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addFile, gated, JUNIT, OLD_JUNIT, sarif } from './gated.ts';
import { DIGEST, expectCode } from './workspace.ts';

describe('evidence add: what a report is bound to', () => {
  it('add of a Terraform plan: bound to the commit that is checked out, and of none that came after it', async () => {
    const world = await gated();
    const plan = (timestamp: string) =>
      JSON.stringify({ format_version: '1.2', terraform_version: '1.9.0', timestamp, resource_changes: [] });
    const add = (made: Date) => addFile(world, 'plan.json', plan(made.toISOString()), '-c infrastructure-plan');
    const { out } = await add(new Date());
    const { statement } = JSON.parse((await world.launchgate(`evidence show ${out.trim()}`)).out) as {
      statement: { subject: object[] };
    };
    expect(statement.subject).toContainEqual({ digest: { gitCommit: world.git('rev-parse', 'HEAD').trim() } });
    expect(await add(new Date(Date.now() - 3_600_000))).toMatchObject({
      code: 2,
      err: expect.stringContaining('before the commit') as string,
    });
    const ofImage = `-c infrastructure-plan --about ${DIGEST}`;
    expect(await addFile(world, 'plan.json', plan(new Date().toISOString()), ofImage)).toMatchObject({
      code: 2,
      err: expect.stringContaining('is about a commit, not an image') as string,
    });
  });

  it('binds a report that names nothing to the commit, if there is one', async () => {
    const world = await gated();
    const commit = world.git('rev-parse', 'HEAD').trim();
    const { out } = expectCode(await addFile(world, 'report.sarif', sarif(), '-c vulnerability-policy'), 0);
    expect((await world.launchgate(`evidence show ${out.trim()}`)).out).toContain(commit);
    world.write({ 'note.txt': 'not committed' });
    const { code, err } = await addFile(world, 'report.sarif', sarif(), '-c vulnerability-policy');
    expect(code).toBe(2);
    expect(err).toContain('--about');
  });

  it('binds no report to a commit that was made after it: one that an earlier run left lying says nothing of this one', async () => {
    const world = await gated();
    const file = join(world.base, 'report.xml');
    const line = `evidence add ${file} -c integration-fidelity -e production`;
    writeFileSync(file, JUNIT);
    utimesSync(file, new Date(), new Date(Date.now() - 3_600_000));
    const { code, err } = await world.launchgate(line);
    expect(code).toBe(2);
    expect(err).toContain('before the commit');
    const said = new Date(Date.now() + 1000).toISOString();
    writeFileSync(file, JUNIT.replace('name="a"', `name="a" timestamp="${said}"`));
    utimesSync(file, new Date(), new Date(Date.now() - 3_600_000));
    expectCode(await world.launchgate(line), 0);
    writeFileSync(file, JUNIT);
    utimesSync(file, new Date(), new Date(Date.now() - 3_600_000));
    expectCode(await world.launchgate(`${line} --about ${DIGEST}`), 0);
  });

  it.each(['report.sarif', 'minutes.md'])(
    'takes %s, whose time nobody names, for as old as its file, and says so',
    async (name) => {
      const world = await gated();
      const file = join(world.base, name);
      writeFileSync(file, name === 'minutes.md' ? '# Minutes' : sarif());
      const written = new Date(Date.now() - 3_600_000);
      utimesSync(file, written, written);
      const line = `evidence add ${file} -c manual-approval -e production --about ${DIGEST}`;
      const { err, out } = await world.launchgate(line);
      expect(err).toContain(`taken is when its file was written, ${written.toISOString()}`);
      const { statement } = JSON.parse((await world.launchgate(`evidence show ${out.trim()}`)).out) as {
        statement: { predicate: object };
      };
      expect(statement.predicate).toMatchObject({ finishedAt: written.toISOString() });
    },
  );

  it('takes no file for fresh that git has checked out: exit 2, unless the caller names a time', async () => {
    const world = await gated();
    const line = 'evidence add launchgate.yaml -c runbooks -e production';
    const { code, err } = await world.launchgate(line);
    expect(code).toBe(2);
    expect(err).toContain('git wrote it here when it was checked out');
    expect((await world.launchgate('evidence list')).out).not.toContain('runbooks');
    expectCode(await world.launchgate(`${line} --finished-at ${new Date().toISOString()}`), 0);
  });

  it('binds no report that says it is older than the commit, however new its copy is', async () => {
    const world = await gated();
    const { code, err } = await addFile(world, 'report.xml', OLD_JUNIT, '-c integration-fidelity');
    expect(code).toBe(2);
    expect(err).toContain('before the commit');
  });

  it('ends no report before it began', async () => {
    const world = await gated();
    const run = { invocations: [{ executionSuccessful: true, startTimeUtc: '2026-11-02T00:00:00Z' }] };
    const log = JSON.parse(sarif()) as { runs: object[] };
    const text = JSON.stringify({ ...log, runs: log.runs.map((one) => ({ ...one, ...run })) });
    const flags = `-c vulnerability-policy --about ${DIGEST} --finished-at 2026-11-01T00:00:00Z`;
    const { out } = await addFile(world, 'report.sarif', text, flags);
    const { statement } = JSON.parse((await world.launchgate(`evidence show ${out.trim()}`)).out) as {
      statement: { predicate: object };
    };
    const at = '2026-11-01T00:00:00.000Z';
    expect(statement.predicate).toMatchObject({ startedAt: at, finishedAt: at });
  });
});
