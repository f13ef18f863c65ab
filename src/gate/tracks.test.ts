import { describe, expect, it } from 'vitest';
import { gateSchema, type GateDefinition } from '../model/policy.ts';
import { control, judgement, KEYS, scan, specOf } from './gate.testkit.ts';
import { reasons, World } from './world.testkit.ts';

const LINK = 'docs/evidence/restore.md';

function gate(atLeast: 'in_progress' | 'done'): GateDefinition {
  return gateSchema.parse({
    name: 'release',
    environment: 'staging',
    requires: [{ controls: ['checked'] }],
    tracks: [
      { id: 'backup-restore-and-dr-validation', title: 'Backup, restore and DR validation', source: 'OT3', atLeast },
    ],
  });
}

const TRACK = {
  id: 'dr',
  title: 'Backup, Restore, and DR Validation',
  owner: 'dba',
  target: 'beta',
  evidence: [{ title: 'rehearsal', link: LINK }],
};
const MILESTONES = [{ name: 'beta', title: 'Public beta', date: '2026-06-01' }];
const MISSING_DRILL = new World();
MISSING_DRILL.log(scan(), [KEYS.ci]);

function decideTrack(track: object | undefined, change: object = {}, atLeast: 'in_progress' | 'done' = 'in_progress') {
  const spec = specOf({ tracks: track === undefined ? [] : [track], milestones: MILESTONES });
  return MISSING_DRILL.decide({ definition: gate(atLeast), spec, links: new Map([[LINK, true]]), ...change });
}

describe('tracks', () => {
  it('is in progress with an owner, a dated target and evidence that resolves', () => {
    const decision = decideTrack(TRACK);
    expect(reasons(decision)).toBe('');
    expect(decision.tracks).toEqual([expect.objectContaining({ id: 'dr', derived: 'in_progress', owner: 'dba' })]);
  });

  it('blocks without owner, timeline or evidence, naming each', () => {
    const { owner: _, ...ownerless } = TRACK;
    expect(reasons(decideTrack(ownerless))).toContain('lacks an owner');
    expect(reasons(decideTrack({ ...TRACK, target: 'someday' }))).toContain('its target "someday" has no date');
    expect(reasons(decideTrack({ ...TRACK, evidence: [] }))).toContain('evidence that resolves');
    expect(reasons(decideTrack(TRACK, { links: new Map() }))).toContain(`a working link in place of ${LINK}`);
    expect(reasons(decideTrack(undefined))).toContain('an entry in the spec');
  });

  it('must be done where the gate says so, and then requires its controls', () => {
    const decision = decideTrack(TRACK, {}, 'done');
    expect(decision.requirements.map(({ control: id }) => id)).toEqual(['checked', 'drilled']);
    expect(reasons(decision)).toContain('it is in_progress, done is required');
    const done = new World().satisfied().decide({ definition: gate('done'), spec: specOf({ tracks: [TRACK] }) });
    expect(done.verdict).toBe('GO');
    expect(done.tracks[0]?.derived).toBe('done');
  });

  it('reports a status that the evidence contradicts, and an undated milestone', () => {
    const spec = specOf({
      tracks: [{ ...TRACK, status: 'done' }],
      milestones: [{ name: 'beta', title: 'Public beta' }],
    });
    const { notes } = MISSING_DRILL.decide({ definition: gate('in_progress'), spec, links: new Map([[LINK, true]]) });
    expect(notes?.[0]).toContain('track dr is declared done, and the evidence says in_progress');
    expect(notes).toContain('milestone "Public beta" has no date');
  });

  it('never calls a track done that names no control', () => {
    const spec = specOf({ tracks: [{ id: 'own', title: 'Our own', status: 'done' }] });
    const decision = new World().satisfied().decide({ spec });
    expect(decision.tracks).toEqual([
      expect.objectContaining({ id: 'own', derived: 'open', because: expect.stringContaining('names no control') }),
    ]);
  });

  it('never takes a required track without any control for done', () => {
    const track = { id: 'empty', title: 'Nothing yet', atLeast: 'done' };
    const definition = gateSchema.parse({ ...gate('done'), tracks: [track] });
    const decision = new World().satisfied().decide({ definition });
    expect(decision.verdict).toBe('NO-GO');
    expect(reasons(decision)).toContain('track Nothing yet: it is open, done is required');
  });

  it('takes the owner of a track for requirements that nobody else owns', () => {
    const spec = specOf({ services: [{ name: 'api' }], tracks: [TRACK] });
    const decision = MISSING_DRILL.decide({
      definition: gate('done'),
      spec,
      controls: [control('checked', ['check']), control('drilled', ['drill'], { sources: ['OT3'] })],
      judgements: [judgement('checked')],
    });
    expect(decision.requirements.find(({ control: id }) => id === 'drilled')).toMatchObject({
      owner: 'dba',
      track: 'dr',
    });
  });
});
