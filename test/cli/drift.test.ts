import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record, signerFor } from '../../src/app/acts.ts';
import { decideGate } from '../../src/app/decide.ts';
import { readLedger } from '../../src/app/ledger.ts';
import type { Project } from '../../src/app/project.ts';
import { decide } from '../../src/gate/decide.ts';
import { PREDICATE, type DrillPredicate } from '../../src/model/evidence.ts';
import type { RequirementState } from '../../src/model/report.ts';
import { gated } from './gated.ts';
import { budget, service, type Workspace } from './workspace.ts';

/**
 * No control's drill comes with this release, so its half is opened here by hand. Everything else is real: the commit, what the engine
 * reads of it, the digests, the signed statement and its place in the ledger.
 */
const CONTROL = 'disruption-budget';
const SUBJECT = 'service/api';
const TARGET = 'cluster:5f0c';

const DRIFTED = {
  control: CONTROL,
  state: 'drifted',
  because: expect.stringContaining('what the control reads of the platform has changed since') as string,
};

let world: Workspace;
let project: Project;
let env: Record<string, string>;

beforeAll(async () => {
  world = await gated();
  await world.propose((policy) => ({
    ...policy,
    targets: [{ environment: 'production', identities: [TARGET] }],
  }));
  project = { root: world.root, spec: 'launchgate.yaml' };
  env = { LAUNCHGATE_HOME: join(world.base, 'home'), PATH: process.env['PATH'] ?? '' };
  await drill();
});
afterAll(() => world.remove());

async function decided() {
  return decideGate(project, {
    gate: 'drilled',
    ledger: await readLedger(project, env),
    now: new Date(),
    render: false,
  });
}

/** Signs a passing drill, bound to what the engine computes of the commit. */
async function drill(): Promise<void> {
  const { input } = await decided();
  const bound = input.bindings?.find((one) => one.control === CONTROL && one.subject === SUBJECT);
  if (bound === undefined) throw new Error('nothing is bound');
  const at = new Date().toISOString();
  const predicate: DrillPredicate = {
    control: CONTROL,
    subject: SUBJECT,
    environment: 'production',
    target: TARGET,
    startedAt: at,
    finishedAt: at,
    binds: { input: bound.input, params: bound.params, version: bound.version },
    outcome: 'pass',
    observations: [{ name: 'fewest ready', value: 2, unit: 'pods', target: 1, met: true }],
  };
  const statement = {
    _type: 'https://in-toto.io/Statement/v1' as const,
    subject: [{ digest: { sha256: bound.input.slice('sha256:'.length) } }],
    predicateType: PREDICATE.drill,
    predicate,
  };
  await record(project, env, statement, [await signerFor(env, 'default')]);
}

async function drilled(): Promise<RequirementState | undefined> {
  const { input } = await decided();
  const controls = input.controls.map((one) =>
    one.meta.id === CONTROL ? { ...one, built: [...one.built, 'drill' as const] } : one,
  );
  return decide({ ...input, controls }).requirements.find(({ subject }) => subject === SUBJECT);
}

describe('drift of a drill', () => {
  it('holds on the commit that it ran on', async () => {
    expect(await drilled()).toMatchObject({ state: 'satisfied' });
  });

  it('does not drift by a comment, or by moving the file', async () => {
    world.write({ 'deploy/api.yaml': `# a comment\n${service('api')}# another\n` });
    world.git('mv', 'deploy/budget.yaml', 'deploy/api-budget.yaml');
    world.commit('Comments');
    expect(await drilled()).toMatchObject({ state: 'satisfied' });
  });

  it('does not drift by what does not concern it', async () => {
    world.write({ 'deploy/web.yaml': service('web'), 'deploy/web-budget.yaml': budget('web') });
    world.commit('Another service');
    expect(await drilled()).toMatchObject({ state: 'satisfied' });
  });

  it('drifts by a matching policy that was added, and the reason says so', async () => {
    world.write({ 'deploy/second.yaml': budget('api-second', 'minAvailable: 1', 'api') });
    world.commit('A second budget');
    expect(await drilled()).toMatchObject(DRIFTED);
    world.git('rm', '-q', 'deploy/second.yaml');
    world.commit('Take it back');
    expect(await drilled()).toMatchObject({ state: 'satisfied' });
  });

  it('drifts by another number of replicas', async () => {
    world.write({ 'deploy/api.yaml': service('api', { replicas: 2 }) });
    world.commit('Two replicas');
    expect(await drilled()).toMatchObject(DRIFTED);
  });
});
