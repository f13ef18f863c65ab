import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateSchema } from '../model/policy.ts';
import { fail, inconclusive, pass } from '../model/result.ts';
import { summaryBytes } from './vsa.ts';
import {
  ago,
  binding,
  control,
  CONTROLS,
  drill,
  fake,
  IMAGE,
  judgement,
  KEYS,
  NOW,
  POLICY,
  scan,
  SUBJECT,
  TARGETS,
} from './gate.testkit.ts';
import { reasons, World } from './world.testkit.ts';

const release = (requires: object[]) => gateSchema.parse({ name: 'release', environment: 'staging', requires });

describe('halves', () => {
  it.each([
    ['fail', 'failed'],
    ['inconclusive', 'inconclusive'],
    ['error', 'error'],
  ] as const)('a check that says %s is %s', (outcome, state) => {
    const decision = new World().satisfied().decide({ judgements: [judgement('checked', { outcome })] });
    expect(decision.verdict).toBe('NO-GO');
    expect(decision.requirements).toContainEqual(expect.objectContaining({ control: 'checked', state }));
  });

  it('needs every half, and says which one is lacking', () => {
    const both = control('checked', ['check', 'drill']);
    const decision = new World()
      .satisfied()
      .decide({ controls: [both], definition: release([{ controls: ['checked'] }]) });
    expect(decision.requirements).toEqual([expect.objectContaining({ half: 'drill', state: 'missing' })]);
  });

  it('calls a control that is not built missing, whatever the ledger holds', () => {
    const unbuilt = CONTROLS.map((one) => (one.meta.id === 'drilled' ? { ...one, built: [] } : one));
    expect(reasons(new World().satisfied().decide({ controls: unbuilt }))).toBe(
      'missing: the drill of drilled is not built yet',
    );
  });

  it('names a control that nobody knows and a selector that matches nothing', () => {
    const decision = new World()
      .satisfied()
      .decide({ definition: release([{ controls: ['cheked'] }, { sources: ['OT9'] }]) });
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('no control is called cheked');
    expect(reasons(decision)).toContain('{"sources":["OT9"]}, which matches no control');
  });

  it('opens for nothing when nothing is required', () => {
    const decision = new World().satisfied().decide({ definition: release([{ sources: ['OT9'] }]) });
    expect(decision.blocks.map(({ code }) => code)).toEqual(['selector-empty', 'nothing-required']);
  });

  it('takes no check that was not made for a pass', () => {
    expect(reasons(new World().satisfied().decide({ judgements: [] }))).toContain('no check of service/api was made');
  });

  it('believes the judgement that does not pass where there are two', () => {
    const both = [judgement('checked', { outcome: 'fail' }), judgement('checked')];
    expect(new World().satisfied().decide({ judgements: both }).verdict).toBe('NO-GO');
    expect(new World().satisfied().decide({ judgements: both.toReversed() }).verdict).toBe('NO-GO');
  });

  it('expects a subject that was judged and not announced', () => {
    const judgements = [judgement('checked'), judgement('checked', { subject: 'service/worker', outcome: 'fail' })];
    expect(new World().satisfied().decide({ judgements }).verdict).toBe('NO-GO');
  });
});

describe('drills', () => {
  const only = (statement: ReturnType<typeof drill>) => {
    const world = new World();
    world.log(statement, [KEYS.ci]);
    world.log(scan(), [KEYS.ci]);
    return world;
  };

  it('takes a drill without observations for inconclusive', () => {
    expect(reasons(only(drill({ observations: [] })).decide())).toContain('inconclusive: the drill proves nothing');
  });

  it('cannot rule out drift where the query could not be answered', () => {
    expect(reasons(only(drill()).decide({ bindings: [] }))).toContain('drift cannot be ruled out');
    expect(reasons(only(drill({ binds: {} })).decide())).toContain('does not say which input');
  });

  it('names changed params and a new version of the control', () => {
    const changed = (change: object) =>
      reasons(only(drill()).decide({ bindings: [binding('drilled', 'staging', change)] }));
    expect(changed({ params: fake('other') })).toContain('drifted: the drill no longer fits: the params have changed');
    expect(changed({ version: 2 })).toContain('the control is version 2 now, the drill ran version 1');
  });

  it('takes a stale or drifted drill of one environment for no excuse to use another', () => {
    const gates = [
      { name: 'release', environment: 'production', evidenceFrom: ['staging'], requires: [{ controls: ['drilled'] }] },
    ];
    const world = new World({ ...POLICY, gates });
    const inProduction = { environment: 'production', target: TARGETS.production };
    world.log(drill(), [KEYS.ci]);
    world.log(
      drill({
        ...inProduction,
        outcome: 'fail',
        because: 'it broke in production',
        startedAt: ago(3.1),
        finishedAt: ago(3),
      }),
      [KEYS.ci],
    );
    const bindings = [binding('drilled', 'staging'), binding('drilled', 'production')];
    expect(reasons(world.decide({ judgements: [], bindings }))).toContain('failed: it broke in production');
  });

  it('gives the time at which the evidence expires', () => {
    const [checked, drilled] = new World().satisfied().decide().requirements;
    expect(checked?.expires).toBeUndefined();
    expect(drilled?.expires).toBe(ago(1 - 90));
  });
});

describe('reports', () => {
  const judgedBy = (accept: (typeof CONTROLS)[number]['accept'], statements = [scan()]) => {
    const world = new World();
    world.log(drill(), [KEYS.ci]);
    for (const statement of statements) world.log(statement, [KEYS.ci]);
    const controls = CONTROLS.map((one) =>
      one.meta.id === 'scanned' && accept !== undefined ? { ...one, accept } : one,
    );
    return (change: object = {}) => world.decide({ controls, ...change });
  };

  it('judges by the accept of the control, and closes when that throws', () => {
    expect(judgedBy(() => pass('12 rules, no finding'))().verdict).toBe('GO');
    expect(reasons(judgedBy(() => inconclusive('the report holds no test'))())).toBe(
      'inconclusive: the report holds no test',
    );
    expect(
      reasons(judgedBy(() => fail({ message: '2 critical', severity: 'high', remediation: 'Mend them.' }))()),
    ).toBe('failed: 2 critical');
    const broken = judgedBy(() => {
      throw new TypeError('broken');
    })();
    expect(reasons(broken)).toContain('error: its evidence could not be judged: TypeError: broken');
  });

  it('never asks an accept about nothing', () => {
    expect(reasons(judgedBy(() => pass('all is well'), [])())).toBe(
      'missing: no evidence for service/api is on record',
    );
  });

  it('wants every image of a subject scanned once one was, and no image of another', () => {
    const artifacts = new Map([[SUBJECT, [IMAGE, fake('sidecar')]]]);
    const images = [
      { reference: 'a', digest: IMAGE },
      { reference: 'b', digest: fake('sidecar') },
      { reference: 'c', digest: fake('worker') },
    ];
    const candidate = { ...new World().input().candidate, images };
    expect(reasons(judgedBy(undefined)({ artifacts, candidate }))).toContain(
      `image ${fake('sidecar')} of service/api was not scanned`,
    );
    const ofOther = judgedBy(undefined, [scan({ scanned: [fake('worker')] })]);
    expect(reasons(ofOther({ artifacts, candidate }))).toContain('an image that the subject does not run');
  });

  it('keeps reports that are too old from the accept', () => {
    const old = scan({ startedAt: ago(41), finishedAt: ago(40) });
    expect(reasons(judgedBy(undefined, [old])())).toContain(
      'stale: its evidence is 40 days old, at most 30 days are allowed',
    );
  });
});

describe('decisions as a whole', () => {
  it('is the same for the same input, in whatever order evidence of one time was logged', () => {
    const world = new World().satisfied();
    const verifier = { id: 'https://launch.example.com', version: '1' };
    expect(summaryBytes(world.decide(), verifier)).toBe(summaryBytes(world.decide(), verifier));
  });

  it('never opens when any part of what it rests on is taken away', () => {
    const world = new World().satisfied();
    const input = world.input();
    expect(world.decide().verdict).toBe('GO');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 400 }), (part, days) => {
        const at = new Date(NOW.getTime() + days * 86_400_000);
        const without = [
          { trust: { ...input.trust, evidence: input.trust.evidence.slice(1) } },
          { trust: { ...input.trust, evidence: input.trust.evidence.slice(0, 1) } },
          { judgements: [] },
          { bindings: [] },
          { at: days > 29 ? at : new Date(ago(days + 1)) },
        ][part];
        expect(world.decide(without ?? {}).verdict).toBe('NO-GO');
      }),
      { numRuns: 60 },
    );
  });
});
