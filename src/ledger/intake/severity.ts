import type { Severity } from '../../model/result.ts';

/**
 * The severity of a CVSS base score by the qualitative scale of CVSS 3.0, 3.1 and 4.0, which GitHub uses for `security-severity`
 * as well: 9.0–10 critical, 7.0–8.9 high, 4.0–6.9 medium, below that low. `undefined` for what is not a score.
 */
export function fromScore(score: number): Severity | undefined {
  if (!(score >= 0 && score <= 10)) return undefined;
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** The severity of a CVSS 2.0 base score by NVD's scale, which has no critical: 7.0–10 high, 4.0–6.9 medium. */
export function fromScoreV2(score: number): Severity | undefined {
  const severity = fromScore(score);
  return severity === 'critical' ? 'high' : severity;
}

/** A SARIF level where no security severity is given: error high, warning medium, note and none low. */
export function fromLevel(level: 'none' | 'note' | 'warning' | 'error'): Severity {
  return ({ error: 'high', warning: 'medium', note: 'low', none: 'low' } as const)[level];
}

/** CycloneDX's words. `unknown` is no severity: what nobody has rated yet is not harmless. */
export function fromWord(word: string): Severity | undefined {
  if (word === 'critical' || word === 'high' || word === 'medium' || word === 'low') return word;
  return word === 'info' || word === 'none' ? 'low' : undefined;
}

const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The worst of several; `undefined` of none. */
export function worst(severities: readonly Severity[]): Severity | undefined {
  return ORDER.find((severity) => severities.includes(severity));
}
