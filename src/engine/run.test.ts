import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineControl, type AnyControl, type ControlMeta, type Subject } from '../model/control.ts';
import { cursor } from '../model/kube.ts';
import type { Gap, PlatformFacts } from '../model/platform.ts';
import { fail, inconclusive, pass, type Result } from '../model/result.ts';
import { specSchema } from '../model/spec.ts';
import { longRunningServices, workloadsOf } from '../model/subjects.ts';
import { bindControls } from './bind.ts';
import { namedSubjects, runControls } from './run.ts';

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'production', kind: 'production' }],
});
const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'settings',
  namespace: 'shop',
  labels: {},
  deployable: 'plain:a',
  body: { data: { mode: 'fast' } },
  origin: { path: 'a.yaml', document: 0 },
};

function facts(changes: Partial<PlatformFacts> = {}): PlatformFacts {
  return {
    name: 'shop',
    environment: spec.environments[0] ?? { name: 'x', kind: 'lab', allowedDifferences: [] },
    provisional: false,
    assumptions: [],
    spec,
    deployables: [],
    services: [],
    objects: [object],
    workloads: [],
    terraform: [],
    documents: [],
    files: ['a.yaml'],
    gaps: [],
    leftOut: [],
    ...changes,
  };
}

const meta: ControlMeta = {
  id: 'sample',
  title: 'Sample',
  statement: 'It holds.',
  area: 'edge',
  stage: 'day-0',
  launch: false,
  sources: [],
  halves: ['check'],
  reads: ['kubernetes'],
  severity: 'high',
  about: 'platform',
  waivable: true,
  version: 1,
};
const SUBJECT: Subject = { kind: 'environment', name: 'production' };

function control(
  check: (input: unknown, params: { limit: number }) => Result,
  changes: Partial<ControlMeta> = {},
): AnyControl {
  return defineControl({
    meta: { ...meta, ...changes },
    params: z.object({ limit: z.number().default(3) }),
    subjects: () => [SUBJECT],
    inputs: () => (view) =>
      view.objects('ConfigMap').map((one) => ({ mode: cursor(one).get('data', 'mode').string(), origin: one.origin })),
    check: (_subject, input, params) => check(input, params),
  });
}

const gap: Gap = { path: 'broken.yaml', reason: 'not YAML', fix: 'Mend it', hides: ['kubernetes'] };
const finding = { message: 'bad', severity: 'high', remediation: 'Mend it.' } as const;
const outcomes = (platform: PlatformFacts, ...controls: AnyControl[]): string[] =>
  runControls(platform, controls).conclusions.map(({ result }) => result.outcome);

describe('runControls', () => {
  it('turns a throw into an error for that subject and leaves the rest unharmed', () => {
    const broken = control(() => {
      throw new Error('bug');
    });
    expect(
      outcomes(
        facts(),
        broken,
        control(() => pass('fine')),
      ),
    ).toEqual(['error', 'pass']);
  });

  it('refuses a read that the metadata does not declare', () => {
    const [conclusion] = runControls(facts(), [control(() => pass('fine'), { reads: ['terraform'] })]).conclusions;
    expect(conclusion?.result).toMatchObject({
      outcome: 'error',
      cause: { message: 'reads kubernetes without declaring it in meta.reads' },
    });
  });

  it('turns a value of the wrong type into inconclusive, with its place', () => {
    const wrong = { ...object, body: { data: { mode: 7 } } };
    const [conclusion] = runControls(facts({ objects: [wrong] }), [control(() => pass('fine'))]).conclusions;
    expect(conclusion?.result).toMatchObject({
      outcome: 'inconclusive',
      origin: { path: 'a.yaml', pointer: ['data', 'mode'] },
    });
  });

  it('lets no pass and no finding from absence stand beside what could not be read', () => {
    const platform = facts({ gaps: [gap] });
    expect(
      outcomes(
        platform,
        control(() => pass('fine')),
      ),
    ).toEqual(['inconclusive', 'inconclusive']);
    expect(
      outcomes(
        platform,
        control(() => fail({ ...finding, fromAbsence: true })),
      )[0],
    ).toBe('inconclusive');
    expect(
      outcomes(
        platform,
        control(() => fail({ ...finding, fromAbsence: true }, finding)),
      )[0],
    ).toBe('fail');
  });

  it('says of what is left open by gaps alone that it is, and names the first few of many', () => {
    const gaps = Array.from({ length: 9 }, (_, index) => ({ ...gap, path: `charts/c${index}/a.yaml` }));
    const { conclusions } = runControls(facts({ gaps }), [control(() => pass('fine'))]);
    const [about] = conclusions.map(({ result }) => result);
    expect(about).toMatchObject({ outcome: 'inconclusive', unread: true });
    expect(about).toHaveProperty('because', expect.stringMatching(/c0.*c1.*c2.*\. And 6 more\.$/));
    const own = runControls(facts(), [control(() => inconclusive('nobody says'))]).conclusions[0]?.result;
    expect(own).not.toHaveProperty('unread');
  });

  it('lets a gap about one service leave the others alone, and the whole only where something of it is there', () => {
    const workload = { object, kind: 'Pod', namespace: 'shop', name: 'x', podLabels: {} } as const;
    const bare = { declared: true, spec: { name: 'x', routes: [], credentials: [] }, workloads: [workload] };
    const each: AnyControl = {
      ...control(() => pass('fine')),
      subjects: () => [{ kind: 'service', name: 'api' }, { kind: 'service', name: 'web' }, SUBJECT],
    };
    const services = [
      { ...bare, name: 'api' },
      { ...bare, name: 'web' },
    ];
    const about = { ...gap, subject: 'service/api' };
    expect(outcomes(facts({ services, gaps: [about] }), each)).toEqual(['inconclusive', 'pass', 'pass']);
    expect(outcomes(facts({ services, gaps: [{ ...about, deployable: 'plain:a' }] }), each)).toEqual([
      'inconclusive',
      'pass',
      'inconclusive',
    ]);
  });

  it('cannot tell of a service of which nobody can tell what runs it', () => {
    const unknown = { because: 'nothing runs it', origin: { path: 'launchgate.yaml' }, ends: false };
    const declared = { name: 'api', routes: [], credentials: [] };
    const own: AnyControl = {
      ...control(() => pass('fine')),
      subjects: longRunningServices,
      inputs: (subject) => (view) => workloadsOf(view, subject),
    };
    const platform = facts({ services: [{ name: 'api', declared: true, spec: declared, workloads: [], unknown }] });
    expect(runControls(platform, [own]).conclusions.map(({ result }) => result)).toEqual([
      { outcome: 'inconclusive', because: 'nothing runs it', origin: { path: 'launchgate.yaml' } },
    ]);
    expect(bindControls(platform, [own])).toEqual([]);
    expect(namedSubjects(platform, [own]).map(({ subject }) => subject.name)).toEqual(['api']);
  });

  it('is not concerned by a gap in what it does not read', () => {
    expect(
      outcomes(
        facts({ gaps: [{ ...gap, hides: ['terraform'] }] }),
        control(() => pass('fine')),
      ),
    ).toEqual(['pass']);
  });

  it('keeps controls about people waiting for a spec', () => {
    const people = control(() => pass('fine'), { about: 'people' });
    expect(runControls(facts({ provisional: true }), [people])).toMatchObject({ conclusions: [], waiting: ['sample'] });
  });

  it('resolves params default < policy < platform < environment < subject and shows where each came from', () => {
    const seen = (platform: PlatformFacts, floors = {}): unknown =>
      runControls(platform, [control(() => pass('fine'))], floors).conclusions[0]?.paramOrigins['limit'];
    const withParams = (
      params: Record<string, Record<string, unknown>>,
      own?: Record<string, Record<string, unknown>>,
    ): PlatformFacts =>
      facts({
        spec: { ...spec, params },
        environment: { ...facts().environment, ...(own === undefined ? {} : { params: own }) },
      });
    expect(seen(facts())).toEqual({ value: 3, from: 'default' });
    expect(seen(facts(), { sample: { limit: 4 } })).toEqual({ value: 4, from: 'policy' });
    expect(seen(withParams({ sample: { limit: 5 } }), { sample: { limit: 4 } })).toEqual({
      value: 5,
      from: 'platform',
    });
    expect(seen(withParams({ sample: { limit: 5 } }, { sample: { limit: 6 } }))).toEqual({
      value: 6,
      from: 'environment',
    });
    expect(seen(withParams({ 'sample@environment/production': { limit: 7 } }, { sample: { limit: 6 } }))).toEqual({
      value: 7,
      from: 'subject',
    });
  });
});

describe('drift', () => {
  const digest = (platform: PlatformFacts): string | undefined =>
    bindControls(platform, [control(() => pass('fine'))])[0]?.input;

  it('does not see a moved file, nor in which order objects stand', () => {
    const other = { ...object, name: 'other' };
    expect(digest(facts({ objects: [object, other] }))).toBe(digest(facts({ objects: [other, object] })));
    expect(digest(facts({ objects: [{ ...object, origin: { path: 'elsewhere.yaml', document: 4 } }] }))).toBe(
      digest(facts()),
    );
  });

  it('cannot be told where a part of the answer may not have been read', () => {
    const binding = (gaps: Gap[]) => bindControls(facts({ gaps }), [control(() => pass('fine'))])[0];
    expect(binding([gap])?.unread).toContain(gap.path);
    const ofAnother = { ...gap, subject: 'service/web' };
    for (const beside of [{ ...gap, hides: ['terraform' as const] }, ofAnother])
      expect(binding([beside])?.unread).toBeUndefined();
    const [elsewhere] = bindControls(facts({ gaps: [ofAnother] }), [control(() => pass('fine'))], {}, false);
    expect(elsewhere?.unread).toContain(gap.path);
  });

  it('does not see what the query leaves out', () => {
    expect(digest(facts({ objects: [{ ...object, body: { data: { mode: 'fast', other: 1 } } }] }))).toBe(
      digest(facts()),
    );
  });

  it('sees a changed value and a newly added object that matches', () => {
    expect(digest(facts({ objects: [{ ...object, body: { data: { mode: 'slow' } } }] }))).not.toBe(digest(facts()));
    expect(digest(facts({ objects: [object, { ...object, name: 'second' }] }))).not.toBe(digest(facts()));
  });
});
