import { describe, expect, it } from 'vitest';
import { sha256 } from '../model/digest.ts';
import { gateSchema, type PolicyInput } from '../model/policy.ts';
import { baselineFacts } from './baseline.ts';
import { baselineStatement } from './statements.ts';
import {
  ago,
  binding,
  candidateOf,
  control,
  CONTROLS,
  drill,
  fake,
  judgement,
  KEYS,
  POLICY,
  scan,
  specOf,
  SUBJECT,
  TARGETS,
} from './gate.testkit.ts';
import { reasons, World } from './world.testkit.ts';

function undrilled(policy: PolicyInput = POLICY): World {
  const world = new World(policy);
  world.log(scan(), [KEYS.ci]);
  return world;
}

function only(statement: ReturnType<typeof drill>): World {
  const world = undrilled();
  world.log(statement, [KEYS.ci]);
  return world;
}

describe('the bounds of evidence', () => {
  it('refuses a drill that ended before it began, or names no target', () => {
    expect(reasons(only(drill({ startedAt: ago(0.9) })).decide())).toContain('before it started');
    expect(reasons(only(drill({ target: undefined })).decide())).toContain('does not say which target');
  });

  it('refuses a drill that claims the lab and ran against an enrolled target', () => {
    const definition = gateSchema.parse({ name: 'lab', environment: 'lab', requires: [{ controls: ['drilled'] }] });
    const inLab = (target: string) => {
      const change = {
        definition,
        candidate: candidateOf({ environment: 'lab' }),
        bindings: [binding('drilled', 'lab')],
      };
      return only(drill({ environment: 'lab', target })).decide(change);
    };
    expect(reasons(inLab(TARGETS.staging))).toContain(
      'it claims the lab, and ran against cluster:staging-uid of staging',
    );
    expect(inLab('lab:this-machine').verdict).toBe('GO');
  });

  it('reads evidence about environment/staging as about environment/production where it may serve', () => {
    const definition = gateSchema.parse({
      name: 'release',
      environment: 'production',
      evidenceFrom: ['staging'],
      requires: [{ controls: ['drilled'] }],
    });
    const decision = only(drill({ subject: 'environment/staging' })).decide({
      definition,
      candidate: candidateOf({ environment: 'production' }),
      judgements: [],
      expected: new Map([['drilled', ['environment/production']]]),
      bindings: [binding('drilled', 'staging', { subject: 'environment/staging' })],
    });
    expect(decision.verdict).toBe('GO');
  });

  it('does not fit while a part of what it was bound to cannot be read, in the own environment or in another', () => {
    const unread = 'overlays/staging could not be read: it is no YAML.';
    const bindings = [binding('drilled', 'staging', { unread })];
    const judged = { judgements: [judgement('checked'), judgement('drilled')], bindings };
    expect(reasons(only(drill()).decide(judged))).toContain(`drifted: the drill no longer fits: ${unread} So drift`);
    const definition = gateSchema.parse({
      name: 'release',
      environment: 'production',
      evidenceFrom: ['staging'],
      requires: [{ controls: ['drilled'] }],
    });
    const elsewhere = { definition, candidate: candidateOf({ environment: 'production' }), judgements: [] };
    expect(reasons(only(drill()).decide({ ...elsewhere, bindings }))).toContain('So drift cannot be ruled out');
    expect(only(drill()).decide({ ...elsewhere, bindings: [binding('drilled', 'staging')] }).verdict).toBe('GO');
  });

  it('is held to the floors of the policy in the environment that it was drilled in, too', () => {
    const floors = { drilled: { rto: { atMost: '1h' } } };
    const gate = { name: 'release', environment: 'production', evidenceFrom: ['staging'] };
    const gates = [{ ...gate, requires: [{ controls: ['drilled'] }] }];
    const world = new World({ ...POLICY, floors, gates });
    world.log(drill(), [KEYS.ci]);
    const rto = (value: string) => ({ paramOrigins: { rto: { value, from: 'environment' } } });
    const decided = (inStaging: string) =>
      world.decide({
        candidate: candidateOf({ environment: 'production' }),
        judgements: [],
        bindings: [binding('drilled', 'production', rto('1h')), binding('drilled', 'staging', rto(inStaging))],
      });
    expect(decided('30m').verdict).toBe('GO');
    expect(reasons(decided('24h'))).toContain(
      'weakened: it was drilled in staging, where rto is 24h (set by environment), the policy wants at most 1h',
    );
  });

  it('shows by which settings a drill was made easier or harder than it is by default', () => {
    const because = (change: object) => only(drill({ ...change })).decide().requirements[1]?.because;
    expect(because({})).toBe('drilled in staging 24 hours ago, 1 observations met');
    expect(because({ parameters: { perSecond: 1, also: ['/x'] } })).toBe(
      'drilled in staging 24 hours ago with perSecond 1, also ["/x"], 1 observations met',
    );
  });

  it('is never bound to what could not be read, even then', () => {
    const nothing = { input: sha256('') };
    const world = only(drill({ binds: { ...nothing, params: fake('params'), version: 1 } }));
    expect(reasons(world.decide({ bindings: [binding('drilled', 'staging', nothing)] }))).toContain(
      'drift cannot be ruled out',
    );
  });

  it('refuses a report that says it was made for another candidate, whatever it scanned', () => {
    const world = new World();
    world.log(drill(), [KEYS.ci]);
    world.log(scan({ binds: { candidate: fake('other') } }), [KEYS.ci]);
    expect(reasons(world.decide())).toContain('it was made for another candidate');
  });

  it('names the scanner whose last report grew too old while others are fresh', () => {
    const by = (name: string, days: number) =>
      scan({ tool: { name }, startedAt: ago(days), finishedAt: ago(days), format: 'cyclonedx' });
    const said = (...reports: ReturnType<typeof scan>[]) => {
      const world = new World();
      world.log(drill(), [KEYS.ci]);
      for (const report of reports) world.log(report, [KEYS.ci]);
      return world.decide().requirements.find(({ control: id }) => id === 'scanned')?.because;
    };
    expect(said(by('grype', 90), by('trivy', 1))).toBe('1 reports; the last report of grype is too old to count');
    expect(said(by('trivy', 90), by('trivy', 1))).toBe('1 reports');
  });

  it('compares a floor with values of its own kind only', () => {
    const below = (value: unknown, atLeast: number | string) => {
      const world = new World({ ...POLICY, floors: { checked: { limit: { atLeast } } } }).satisfied();
      return world.decide({
        judgements: [judgement('checked', { paramOrigins: { limit: { value, from: 'platform' } } })],
      }).verdict;
    };
    expect(below('10s', 5)).toBe('NO-GO');
    expect(below(10, 5)).toBe('GO');
    expect(below('2h', '90m')).toBe('GO');
    const none = new World({ ...POLICY, floors: { scanned: { nothing: { exactly: true } } } }).satisfied();
    expect(reasons(none.decide())).toContain('the policy sets a floor for nothing, which the control does not have');
    const unknown = new World({ ...POLICY, floors: { checked: { nothing: { exactly: true } } } }).satisfied();
    const judged = [judgement('checked', { paramOrigins: { limit: { value: 1, from: 'default' } } })];
    expect(reasons(unknown.decide({ judgements: judged }))).toContain('which the control does not have');
  });

  it('wants a commit under a candidate that calls itself pinned', () => {
    expect(reasons(new World().satisfied().decide({ candidate: candidateOf({ commits: [] }) }))).toContain('unpinned');
  });
});

describe('the bounds of baselines', () => {
  const custom = {
    id: 'own',
    title: 'Our own',
    statement: 'It holds.',
    launch: true,
    accept: { predicate: 'attachment' },
  };
  const controls = [...CONTROLS, control('own', ['check'])];
  const definition = gateSchema.parse({ name: 'release', environment: 'staging', requires: [{ launch: true }] });
  const judgements = [judgement('checked'), judgement('own')];
  const full = { controls, definition, judgements, spec: specOf({ controls: [custom] }) };

  function recorded(): World {
    const world = new World().satisfied();
    const decision = world.decide(full);
    expect(decision.verdict).toBe('GO');
    world.log(baselineStatement(decision, baselineFacts(world.input(full))), [KEYS.ci], ago(0.5));
    return world;
  }

  it("refuses a control of the user's own that is gone, or no longer required", () => {
    const world = recorded();
    const gone = world.decide({ ...full, controls: CONTROLS, spec: specOf(), judgements: [judgement('checked')] });
    expect(reasons(gone)).toContain('own was required by release at the last GO and is not now');
    const dropped = [...CONTROLS, control('own', ['check'], { launch: false })];
    expect(reasons(world.decide({ ...full, controls: dropped }))).toContain('own was required by release');
    expect(world.decide(full).verdict).toBe('GO');
  });

  it('names a control of the last GO that nobody knows any more', () => {
    const world = new World().satisfied();
    const expected = new Map([
      ...CONTROLS.map(({ meta }) => [meta.id, [SUBJECT]] as const),
      ['lost', [SUBJECT]] as const,
    ]);
    world.log(baselineStatement(world.decide(), baselineFacts(world.input({ expected }))), [KEYS.ci], ago(0.5));
    expect(reasons(world.decide())).toContain('control lost was part of the last GO and is gone');
  });

  it('refuses paths left out, a longer cadence, an accepted gap', () => {
    const world = recorded();
    const weaker = (change: object) =>
      reasons(world.decide({ ...full, spec: specOf({ controls: [custom], ...change }) }));
    expect(weaker({ exclude: ['k8s/production'] })).toContain('paths left out of the platform was none');
    const stores = [{ name: 'orders', kind: 'postgres', rpo: '15m', rto: '2h', riskNote: 'no test of restores' }];
    expect(weaker({ stores })).toContain('store/orders takes no gap in restorability was 1');
  });

  it('refuses a lowered peak, one in another unit, and an audit trail that is kept for less time', () => {
    const asking = (capacity: object, retention: string) => ({
      spec: specOf({
        services: [{ name: 'api', owner: 'team-api', capacity: { perReplica: 100, ...capacity } }],
        audit: { access: ['people'], retention },
      }),
    });
    const world = new World().satisfied();
    const before = asking({ peak: 500 }, '365d');
    const decision = world.decide(before);
    world.log(baselineStatement(decision, baselineFacts(world.input(before))), [KEYS.ci], ago(0.5));
    expect(world.decide(asking({ peak: 900 }, '730d')).verdict).toBe('GO');
    expect(reasons(world.decide(asking({ peak: 5 }, '365d')))).toContain(
      'service/api peak in requests/s was 500 at the last GO and is loosened to 5',
    );
    expect(reasons(world.decide(asking({ peak: 500, unit: 'jobs/s' }, '365d')))).toContain('and is gone');
    expect(reasons(world.decide(asking({ peak: 500 }, '30d')))).toContain('audit retention was');
  });

  it('holds for its environment, and lets a floor show which way is stricter', () => {
    const world = recorded();
    const production = gateSchema.parse({ ...definition, environment: 'production', evidenceFrom: ['staging'] });
    const change = { ...full, definition: production, candidate: candidateOf({ environment: 'production' }) };
    expect(reasons(world.decide({ ...change, spec: specOf({ controls: [custom], slos: [] }) }))).not.toContain('slo/');
    const floors = { checked: { limit: { atLeast: 5 } } };
    const floored = new World({ ...POLICY, floors }).satisfied();
    const at = (value: number) => [judgement('checked', { paramOrigins: { limit: { value, from: 'platform' } } })];
    const decision = floored.decide({ judgements: at(7) });
    floored.log(baselineStatement(decision, baselineFacts(floored.input({ judgements: at(7) }))), [KEYS.ci], ago(0.5));
    expect(floored.decide({ judgements: at(9) }).verdict).toBe('GO');
    expect(reasons(floored.decide({ judgements: at(6) }))).toContain(
      'weakened: limit was 7 at the last GO and is 6 now',
    );
  });
});
