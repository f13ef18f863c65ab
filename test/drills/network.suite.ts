/** The three drills of network policies: real packets under the policies of the example. */
import { expect, test } from 'vitest';
import { policiesOf } from '../../src/app/lab.ts';
import { findProject } from '../../src/app/project.ts';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { openPackets } from '../../src/drills/segments/packets.ts';
import { nodeProgram } from '../../src/drills/lab/run/programs.ts';
import type { Capabilities } from '../../src/model/drill/capabilities.ts';
import { SPEC } from '../lab/platform/platform.ts';
import { needs, needsRoot } from '../need.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;
const able = [needsRoot(), needs('ip'), needs('nft')].every(Boolean);
const CONTROLS = ['network-default-deny', 'network-declared-flows', 'egress-allow-list'] as const;

export function suite(lab: () => DrillLab): void {
  test.skipIf(!able).each(CONTROLS)(
    '%s: packets pass just where the policies say',
    { timeout: LONG },
    async (control) => {
      const report = await lab().run(control);
      expect(report.because).toBe('');
      expect(report.outcome).toBe('pass');
      expect(report.observation('connections tried').value).toBeGreaterThan(50);
    },
  );

  test.skipIf(!able)('a deny rule that is gone is noticed, and named', { timeout: LONG }, async () => {
    const { because, outcome } = await tampered('network-default-deny', letPass);
    expect(outcome).toBe('fail');
    expect(because).toMatch(
      /connections that pass although the policies deny them is \d+ connections, and should be exactly 0 \(of \d+: \S+ to \S+ (?:TCP|UDP) \d+/,
    );
  });

  test.skipIf(!able)('a network in which nothing passes is noticed, too', { timeout: LONG }, async () => {
    const { because, outcome } = await tampered('network-default-deny', cutAll);
    expect(outcome).toBe('fail');
    expect(because).toContain('connections that do not pass although the policies allow them');
  });

  test.skipIf(!able)('a declared flow that is cut is noticed', { timeout: LONG }, async () => {
    const { because, outcome } = await tampered('network-declared-flows', cutAll);
    expect(outcome).toBe('fail');
    expect(because).toMatch(
      /allowed connections that do not pass is \d+ connections, and should be exactly 0 \(of \d+: \S+ to \S+ TCP \d+/,
    );
  });

  test.skipIf(!able)('a way out that nobody declared is noticed, and named', { timeout: LONG }, async () => {
    const { because, outcome } = await tampered('egress-allow-list', letPass);
    expect(outcome).toBe('fail');
    expect(because).toMatch(
      /connections that leave to addresses which nobody declares is \d+ connections, and should be exactly 0 \(of \d+: \S+ to outside\/\S+ (?:TCP|UDP) \d+/,
    );
  });

  /** A chain that drops what no rule accepted lets it pass. */
  function letPass(ruleset: string): string {
    return ruleset.replaceAll(/^(\s*)drop$/gm, '$1accept');
  }

  function cutAll(ruleset: string): string {
    return ruleset.replaceAll(/^(\s*)accept$/gm, '$1drop');
  }

  async function tampered(control: (typeof CONTROLS)[number], tamper: (ruleset: string) => string) {
    const { target, runs, plan } = lab();
    const { runs: rehearsals } = await plan(control);
    const { file, args = [] } = nodeProgram('drill', 'packet-agent');
    const policies = await policiesOf(findProject(process.cwd(), undefined, SPEC));
    const segments = { open: () => openPackets(policies, { agent: [file, ...args], tamper }) };
    return rehearse(
      {
        control,
        summary: '',
        blastRadius: '',
        parameters: {},
        rehearsal: rehearsals[0]!,
      },
      {
        target: { ...target, capabilities: () => ({ segments }) as unknown as Capabilities },
        drills: runs,
        signal: new AbortController().signal,
      },
    );
  }
}
