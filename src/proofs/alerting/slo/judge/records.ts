import { formatDuration, parseDuration } from '../../../../model/duration.ts';
import type { Finding } from '../../../../model/result.ts';
import { literal } from '../numbers.ts';
import { budgetOf } from '../tiers.ts';
import type { Slo } from '../types.ts';
import { restsOn, type Book, type ReadRule } from './book.ts';
import { constant } from './constants.ts';
import { claims, sameParts, textOf, type Expected } from './expected.ts';
import { readRatio } from './ratio.ts';
import { trafficShare } from './weighted.ts';

/** What is wrong with records that claim to be of the SLO, whether an alert reads them or only a dashboard does. */
export function judgeRecords(records: readonly ReadRule[], slo: Slo, expected: Expected, book: Book): Finding[] {
  return [
    ...metaOf(records, slo, book),
    ...records
      .filter((record) => !isWeight(record, records, book))
      .flatMap((record) => ratioOf(record, slo, expected, book)),
  ];
}

/** A share of traffic by which other records are weighted is no error ratio, and need not be one. */
function isWeight(record: ReadRule, records: readonly ReadRule[], book: Book): boolean {
  if (trafficShare(record.ast, book) === undefined) return false;
  return records.some((other) => other !== record && restsOn(book, other.ast).includes(record));
}

/** `ratio_rate5m`, `burnrate1h`, `ratio30m`: names that say a ratio and its window. */
const NAMED_WINDOW = /(?:ratio|rate|burn)[a-z_]*?((?:\d+[smhdwy])+)$/;

function ratioOf(record: ReadRule, slo: Slo, expected: Expected, book: Book): Finding[] {
  const named = parseDuration(NAMED_WINDOW.exec(record.name)?.[1] ?? '');
  if (named === undefined) return [];
  const reading = readRatio(record.ast, book, (rule) => claims(rule, slo));
  const found = (message: string, remediation: string): Finding[] => [
    { message: `${record.name} of ${slo.name} ${message}`, severity: 'medium', origin: record.origin, remediation },
  ];
  if ('reason' in reading)
    return reading.wrong === true
      ? found(`is no error ratio: ${reading.reason}`, 'Divide events of one window by those of the same.')
      : [];
  // What is averaged from another record is as right as that one.
  if (reading.via.length === 0 && sameParts(expected, reading.parts) === 'differs')
    return found(
      `measures ${textOf(reading.parts)}, and the SLO is ${expected.parts.map(textOf).join(' or ')}`,
      'Bring the rule and the SLO in line.',
    );
  if (reading.window !== named)
    return found(
      `looks over ${formatDuration(reading.window)}`,
      `Let it look over ${formatDuration(named)}, as its name says.`,
    );
  return [];
}

/** Objective and budget are recorded for dashboards and must be those of the SLO. */
function metaOf(records: readonly ReadRule[], slo: Slo, book: Book): Finding[] {
  const meant: Readonly<Record<string, number>> = {
    'slo:objective:ratio': slo.objective / 100,
    'slo:error_budget:ratio': budgetOf(slo.objective),
    'slo:time_period:days': slo.period / 86_400,
  };
  return records.flatMap((record) => {
    const [target, value] = [meant[record.name], constant(record.ast, book)];
    if (target === undefined || value === undefined || Math.abs(value - target) <= 1e-9 * Math.max(1, target))
      return [];
    return [
      {
        message: `${record.name} of ${slo.name} is ${literal(value)}, and the SLO says ${literal(target)}`,
        severity: 'medium' as const,
        origin: record.origin,
        remediation: `Record vector(${literal(target)}).`,
      },
    ];
  });
}
