import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needs } from '../../../../test/need.ts';
import { expressions, mistyped } from './expressions.testkit.ts';
import { parse, print } from './index.ts';

/** Which of the expressions promtool refuses, by their place in the list. */
function refusedByPromtool(texts: readonly string[]): Set<number> {
  const folder = mkdtempSync(join(tmpdir(), 'promql-'));
  try {
    const file = join(folder, 'rules.json');
    const rules = texts.map((expr, index) => ({ record: `r${index}`, expr }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'g', rules }] }));
    const { stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return new Set([...`${stdout}${stderr}`.matchAll(/rule \d+, "r(\d+)"/g)].map(([, index]) => Number(index)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What Prometheus 3 took up and an older promtool refuses rightly: a duration for a number, and two signs before an offset. */
function isNewer(text: string): boolean {
  const rest = text.replaceAll(/\[[^\]]*\]|\boffset -?\d\w*/g, '');
  return /\b\d+(?:ms|[smhdwy])\b/.test(rest) || /offset --/.test(text);
}

describe.runIf(needs('promtool'))('beside promtool', () => {
  it('what it accepts is parsed, and what it refuses is refused', () => {
    const texts = fc.sample(expressions(), { numRuns: 4000, seed: 7 }).filter((text) => text.length < 2000);
    expect(disagreements(texts)).toEqual([]);
  });

  it('likewise with mistakes in them', () => {
    const texts = fc
      .sample(mistyped(), { numRuns: 6000, seed: 11 })
      .filter((text) => text.length < 2000 && text !== '');
    expect(disagreements(texts)).toEqual([]);
  });

  it('takes the canonical form for the same expression', () => {
    const texts = fc.sample(expressions(), { numRuns: 2000, seed: 13 }).filter((text) => parse(text).ok);
    const printed = texts.map((text) => {
      const parsed = parse(text);
      return parsed.ok ? print(parsed.expr) : text;
    });
    expect(texts.length).toBeGreaterThan(1000);
    expect([...refusedByPromtool(printed)].map((index) => printed[index])).toEqual([]);
    for (const [index, form] of printed.entries()) {
      const again = parse(form);
      expect(again.ok ? print(again.expr) : texts[index]).toBe(form);
    }
  });
});

function disagreements(texts: readonly string[]): string[] {
  const refused = refusedByPromtool(texts);
  expect(refused.size).toBeLessThan(texts.length);
  return texts.flatMap((text, index) => {
    const parsed = parse(text);
    if (parsed.ok && refused.has(index)) return isNewer(text) ? [] : [`promtool refuses: ${text}`];
    if (!parsed.ok && !refused.has(index)) return [`promtool accepts: ${text} (${parsed.error.message})`];
    return [];
  });
}
