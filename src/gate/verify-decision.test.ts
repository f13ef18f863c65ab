import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PAYLOAD_TYPE, pae, verifyWith } from '../ledger/envelope.ts';
import type { Envelope } from '../model/evidence.ts';
import type { Decision } from '../model/report.ts';
import { breakGlassStatement, waiverStatement } from './statements.ts';
import { verifyDecision, type Expectation } from './verify-decision.ts';
import { signableSummary, summaryBytes, summaryStatement } from './vsa.ts';
import { ago, candidateOf, fake, IMAGE, KEYS, NOW, scan, testKey, type TestKey } from './gate.testkit.ts';
import { World } from './world.testkit.ts';

const VERIFIER = { id: 'https://launch.example.com', version: '0.1.0' };
const world = new World().satisfied();
const decision = world.decide();

function signed(one: Decision = decision, key: TestKey = KEYS.ci): Envelope {
  const payload = Buffer.from(signableSummary(one, VERIFIER), 'utf8');
  const sig = sign(null, pae(PAYLOAD_TYPE, payload), key.secret).toString('base64');
  return {
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid: key.enrolled.id, sig }],
  };
}

function expectation(change: Partial<Expectation> = {}): Expectation {
  return {
    gate: 'release',
    environment: 'staging',
    candidate: candidateOf().digest,
    policyRoot: world.root,
    signers: [new Uint8Array(Buffer.from(KEYS.ci.enrolled.publicKey, 'base64'))],
    maxAge: '24h',
    now: NOW,
    minLedgerSize: world.entries.length,
    ...change,
  };
}

function refusal(change: Partial<Expectation>, envelope: Envelope = signed()): string {
  const answer = verifyDecision(envelope, expectation(change), verifyWith);
  return answer.holds ? 'it holds' : answer.reasons.join('\n');
}

describe('verifyDecision', () => {
  it('accepts exactly what was expected, by candidate or by image', () => {
    expect(verifyDecision(signed(), expectation(), verifyWith)).toMatchObject({ holds: true, by: 'verdict' });
    const { candidate: _, ...byImage } = expectation({ images: [IMAGE] });
    expect(verifyDecision(signed(), byImage, verifyWith).holds).toBe(true);
  });

  it('refuses an old GO shown for a new image', () => {
    expect(refusal({ images: [fake('new image')] })).toContain(`it was never decided about image ${fake('new image')}`);
    expect(refusal({ candidate: fake('new candidate') })).toContain('it is about candidate');
  });

  it('refuses what whoever decided chose, unless it was expected', () => {
    const promoted = signed(world.decide({ choices: { from: 'dev' } }));
    expect(refusal({}, promoted)).toBe('it takes evidence from dev, expected none but what the policy allows');
    expect(refusal({ from: 'staging' }, promoted)).toContain(
      'it takes evidence from dev, expected evidence from staging',
    );
    expect(refusal({ from: 'dev' }, promoted)).toBe('it holds');
    expect(refusal({ from: 'dev' })).toContain('expected evidence from dev');
    const pinned = signed(world.decide({ choices: { pinnedRenders: true } }));
    expect(refusal({}, pinned)).toContain('it believes renders that the repository brings along');
    expect(refusal({ acceptPins: true }, pinned)).toBe('it holds');
  });

  it('takes no commit for an image without a digest', () => {
    expect(refusal({ images: ['sha256:undefined'] })).toContain('never decided about');
  });

  it('refuses one whose waiver or exclusion has expired since', () => {
    const waived = new World();
    waived.log(scan(), [KEYS.ci]);
    const waiver = {
      control: 'drilled',
      environment: 'staging',
      reason: 'The restore drill waits for a new cluster.',
      requester: 'bo',
      issuedAt: ago(2),
      expires: ago(-0.5),
    };
    waived.log(waiverStatement(waiver), [KEYS.bo, KEYS.ana]);
    const decided = waived.decide();
    expect(decided.verdict).toBe('GO');
    const verified = (days: number) =>
      refusal({ policyRoot: waived.root, minLedgerSize: 0, now: new Date(ago(-days)) }, signed(decided));
    expect(verified(0.4)).toBe('it holds');
    expect(verified(0.6)).toContain(`it rests on a waiver or an exclusion that expired at ${ago(-0.5)}`);
  });

  it('refuses another gate, environment, policy root or signer', () => {
    expect(refusal({ gate: 'public-launch' })).toContain('it decides gate release, not public-launch');
    expect(refusal({ environment: 'production' })).toContain('it holds for environment staging, not production');
    expect(refusal({ policyRoot: fake('root') })).toContain('it rests on policy root');
    expect(refusal({ minPolicyVersion: 2 })).toContain('policy version 1, expected 2 or later');
    expect(refusal({}, signed(decision, testKey('workload/ci')))).toContain('none of the expected signers');
  });

  it('refuses a decision that is too old, from the future, or made on a ledger that was rolled back', () => {
    expect(refusal({ now: new Date(ago(-2)) })).toContain('more than 24h ago');
    expect(refusal({ now: new Date(ago(1)) })).toContain('it claims a time in the future');
    expect(refusal({ minLedgerSize: world.entries.length + 1 })).toContain('rolled back or replayed');
  });

  it('refuses a NO-GO, a replay, and a payload that was altered', () => {
    expect(refusal({ minLedgerSize: 0 }, signed(new World().decide()))).toContain('its verdict is NO-GO');
    const replay = { ...signed(), signatures: [] };
    expect(refusal({}, replay)).toContain('not signed; a replay never is');
    const text = Buffer.from(signed().payload, 'base64').toString('utf8').replace('PASSED', 'FAILED');
    expect(refusal({}, { ...signed(), payload: Buffer.from(text).toString('base64') })).toContain(
      'none of the expected',
    );
  });

  it('refuses a summary that grants the level of another gate', () => {
    const payload = Buffer.from(signableSummary(decision, VERIFIER).replace('LAUNCHGATE_RELEASE', 'LAUNCHGATE_OTHER'));
    const sig = sign(null, pae(PAYLOAD_TYPE, payload), KEYS.ci.secret).toString('base64');
    const envelope = { payload: payload.toString('base64'), payloadType: PAYLOAD_TYPE, signatures: [{ sig }] };
    expect(refusal({}, envelope)).toContain('it does not grant LAUNCHGATE_RELEASE');
  });

  it('refuses expectations that would accept anything', () => {
    const { candidate: _, ...nothing } = expectation();
    expect(verifyDecision(signed(), nothing, verifyWith)).toMatchObject({ holds: false });
    expect(refusal({ signers: [] })).toContain('no signer was given');
    expect(refusal({ maxAge: 'forever' })).toContain('not a duration');
  });
});

describe('break-glass', () => {
  const opened = () => {
    const broken = new World();
    const target = { gate: 'release', environment: 'staging', candidate: candidateOf() };
    const statement = breakGlassStatement(target, 'Payments are down for everybody.', 2, new Date(ago(0.01)), 'INC-7');
    return { broken, statement };
  };

  it('needs a quorum of persons, and leaves a FAILED decision on record', () => {
    const { broken, statement } = opened();
    broken.log(statement, [KEYS.ana], ago(0.01));
    expect(broken.decide().notes).toContain('break-glass refused: 1 of 2 persons signed it');
    broken.log(statement, [KEYS.bo], ago(0.005));
    const glass = broken.decide();
    expect(glass).toMatchObject({ verdict: 'NO-GO', breakGlass: { persons: ['ana', 'bo'] } });
    expect(summaryStatement(glass, VERIFIER).predicate).toMatchObject({ verificationResult: 'FAILED' });
    expect(refusal({ minLedgerSize: 0 }, signed(glass))).toContain('recorded and not accepted here');
    const accepted = verifyDecision(
      signed(glass),
      expectation({ minLedgerSize: 0, acceptBreakGlass: true, policyRoot: broken.root }),
      verifyWith,
    );
    expect(accepted).toMatchObject({ holds: true, by: 'break-glass' });
    expect(
      refusal(
        { minLedgerSize: 0, acceptBreakGlass: true, now: new Date(NOW.getTime() + 3 * 3_600_000) },
        signed(glass),
      ),
    ).toContain('its break-glass expired');
  });

  it('expires by itself, is bounded, and holds for one candidate', () => {
    const { broken } = opened();
    const target = { gate: 'release', environment: 'staging', candidate: candidateOf() };
    const old = breakGlassStatement(target, 'Payments are down for everybody.', 2, new Date(ago(1)));
    const long = breakGlassStatement(target, 'Payments are down for everybody.', 48, new Date(ago(0.01)));
    const other = breakGlassStatement(
      { ...target, candidate: candidateOf({ platform: fake('x') }) },
      'Another emergency.',
      2,
      NOW,
    );
    broken.log(old, [KEYS.ana, KEYS.bo], ago(1));
    broken.log(long, [KEYS.ana, KEYS.bo], ago(0.01));
    broken.log(other, [KEYS.ana, KEYS.bo], NOW.toISOString());
    const { breakGlass, notes } = broken.decide();
    expect(breakGlass).toBeUndefined();
    expect(notes?.join('\n')).toMatch(/expired at .*\n.*more than 4 hours\n.*another candidate/);
  });
});

describe('replay', () => {
  it('gives the same statement bytes, and a mark that is not in them', () => {
    const replayed = world.decide({ at: NOW, replay: true });
    expect(replayed.replay).toBe(true);
    expect(summaryBytes(replayed, VERIFIER)).toBe(summaryBytes(decision, VERIFIER));
    expect(() => signableSummary(replayed, VERIFIER)).toThrow('a replay is never signed');
  });

  it('names levels of its own and lists every input by digest', () => {
    const { predicate } = summaryStatement(decision, VERIFIER);
    const summary = predicate as { verifiedLevels: string[]; inputAttestations: { digest: { sha256: string } }[] };
    expect(summary.verifiedLevels).toEqual(['LAUNCHGATE_RELEASE']);
    expect(summary.inputAttestations.map(({ digest }) => `sha256:${digest.sha256}`)).toEqual(decision.inputs);
    expect(decision.inputs).toEqual(
      world.entries
        .slice(1)
        .map(({ digest }) => digest)
        .sort(),
    );
  });
});
