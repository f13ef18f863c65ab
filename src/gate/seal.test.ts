import { describe, expect, it } from 'vitest';
import { ago, candidateOf, drill, fake, judgement, KEYS, scan } from './gate.testkit.ts';
import { nextPolicy, policyStatement } from './statements.ts';
import { World } from './world.testkit.ts';

describe('the seal', () => {
  const sealed = new World().satisfied().decide().seal;

  it('is the same at another time, and whatever does not fit is logged', () => {
    const world = new World().satisfied();
    world.log(drill({ environment: 'lab', target: 'lab:this-machine' }), [KEYS.ci]);
    world.log(scan({ scanned: [fake('other image')] }), [KEYS.ci]);
    expect(world.decide().seal).toBe(sealed);
    expect(world.decide({ at: new Date(ago(-200)) }).seal).toBe(sealed);
  });

  it('is another one for another candidate, judgement, drill, report or policy', () => {
    const world = new World().satisfied();
    const seals = [sealed];
    seals.push(world.decide({ candidate: candidateOf({ platform: fake('another platform') }) }).seal);
    seals.push(world.decide({ judgements: [judgement('checked', { outcome: 'fail' })] }).seal);
    seals.push(world.decide({ judgements: [judgement('checked', { input: fake('something else') })] }).seal);
    world.log(drill({ finishedAt: ago(0.9) }), [KEYS.ci], ago(0.9));
    seals.push(world.decide().seal);
    world.log(scan({ scope: 13 }), [KEYS.ci], ago(0.8));
    seals.push(world.decide().seal);
    world.log(policyStatement(nextPolicy(world.trust().policy, {})), [KEYS.ana, KEYS.bo], ago(0.7));
    seals.push(world.decide().seal);
    expect(new Set(seals).size).toBe(seals.length);
  });
});
