import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { control as burnRates } from '../src/controls/slo-burn-rate-alerts/index.ts';
import { runControls } from '../src/engine/run.ts';
import type { AnyControl } from '../src/model/control.ts';
import { memoryTree, platformOf } from './fixture-platform.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/gpu-cloud/', import.meta.url));
const FOLDER = `${EXAMPLE}k8s/base/observability/rules/`;
const SLO_RULES = ['slo-api.yaml', 'slo-terminal-and-webhooks.yaml'];

const rules = SLO_RULES.map((name) => readFileSync(`${FOLDER}${name}`, 'utf8')).join('\n---\n');
const spec = (change: (slos: { objective: number }[]) => void = () => undefined): string => {
  const whole = parse(readFileSync(`${EXAMPLE}launchgate.yaml`, 'utf8')) as Record<string, unknown>;
  change(whole['slos'] as { objective: number }[]);
  return stringify({
    apiVersion: whole['apiVersion'],
    kind: 'Platform',
    name: 'gpu-cloud',
    environments: [{ name: 'production', kind: 'production' }],
    services: [{ name: 'api' }, { name: 'terminal-gateway' }],
    slos: whole['slos'],
    severities: whole['severities'],
  });
};

/** The outcomes of the burn-rate control on the example's rules, as text that holds every finding. */
async function judged(text: string, declared = spec()): Promise<{ fails: boolean; said: string }> {
  const facts = await platformOf(memoryTree({ 'launchgate.yaml': declared, 'k8s/rules.yaml': text }));
  const { conclusions } = runControls(facts, [burnRates as AnyControl]);
  return {
    fails: conclusions.some(({ result }) => result.outcome === 'fail'),
    said: JSON.stringify(conclusions.map(({ result }) => result)),
  };
}

/** Places of one pattern that are tried, spread evenly. */
const MOST = 10;

/** The rules, each time with one place of a pattern replaced. */
function* mutants(places: readonly RegExpExecArray[], pattern: RegExp, replacement: string): Generator<string> {
  const every = Math.max(1, places.length / MOST);
  for (let at = 0; at < places.length; at += every) {
    const match = places[Math.floor(at)];
    if (match === undefined) continue;
    const found = match[0].replace(new RegExp(pattern.source), replacement);
    yield rules.slice(0, match.index) + found + rules.slice(match.index + match[0].length);
  }
}

describe("the burn-rate rules of the example's SLOs", () => {
  it('hold', async () => {
    const { fails, said } = await judged(rules);
    expect(fails).toBe(false);
    expect(said).not.toContain('inconclusive');
  });

  const operators: readonly (readonly [name: string, pattern: RegExp, replacement: string, fewest: number])[] = [
    ['a factor of one window', /> (?:14\.4|6|1) \* /g, '> 2 * ', 24],
    ['the budget beside a factor', / \* 0\.0\d+/g, ' * 0.3', 24],
    ['the window that an alert reads', /ratio_rate(?:1h|6h)\{/g, 'ratio_rate2h{', 12],
    ['one range of a record that an alert reads', /\[(?:5m|1h|30m|6h|3d)\]/g, '[4h]', 40],
    ['a name of a metric', /rate\((?:http|terminal|webhook)_/g, 'rate(other_', 40],
    ['the SLO that an alert reads', /\{slo="(?:api|terminal|webhook)-/g, '{slo="x', 28],
    ['the join of the windows', / and ignoring \(window\) /g, ' and ', 12],
    ['what "for" an absence waits', /for: 15m/g, 'for: 12h', 4],
    ['the recorded objective', /vector\(0\.99\d*\)/g, 'vector(0.9)', 4],
    ['the absence alert', /expr: absent\(/g, 'expr: count(', 4],
  ];

  it.each(operators)('fall when %s is wrong', async (_, pattern, replacement, fewest) => {
    const survivors: string[] = [];
    const places = [...rules.matchAll(pattern)];
    expect(places.length).toBeGreaterThanOrEqual(fewest);
    for (const text of mutants(places, pattern, replacement)) {
      if (!(await judged(text)).fails) survivors.push(difference(text));
    }
    expect(survivors).toEqual([]);
  });

  it('fall when a burn-rate alert waits too long', async () => {
    const late = rules.replaceAll(/( {8}- alert: \w+BurnFast\n)/g, '$1          for: 2h\n');
    expect((await judged(late)).said).toContain('waits for 2h');
  });

  it.each([0, 1, 2, 3])('fall when the objective of SLO %d changes', async (index) => {
    const declared = spec((slos) => {
      const slo = slos[index];
      if (slo !== undefined) slo.objective = 97;
    });
    expect((await judged(rules, declared)).fails).toBe(true);
  });
});

function difference(text: string): string {
  const lines = text.split('\n');
  return rules.split('\n').flatMap((line, index) => (line === lines[index] ? [] : [lines[index] ?? '']))[0] ?? '';
}
