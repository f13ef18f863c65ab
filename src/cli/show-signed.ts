import { stringify } from 'yaml';
import type { ShowStatement } from '../app/human-acts.ts';
import { baselineInForce } from '../gate/baseline.ts';
import type { Trust } from '../gate/trust.ts';
import type { Statement } from '../model/evidence.ts';
import { visible, visibleLines } from '../report/text/visible.ts';
import { unifiedDiff } from './diff.ts';
import type { Io } from './io.ts';

/**
 * Shows a person the whole of a statement before it is signed, on standard error: every member, and of a policy or of what is demanded, which are
 * long, all that it changes. Others may have written it, so nothing in it is obeyed by a terminal or adds a line.
 */
export function showSigned(io: Io): ShowStatement {
  return (statement, { person, trust }) => {
    const kind = statement.predicateType.split('/').at(-2) ?? statement.predicateType;
    io.note(`${person} signs this ${visible(kind)}:`);
    for (const line of linesOf(statement, trust)) io.note(`  ${line}`);
  };
}

function linesOf({ predicate }: Statement, trust: Trust): string[] {
  const members = Object.entries(predicate as Readonly<Record<string, unknown>>);
  const width = Math.max(...members.map(([name]) => name.length));
  return members.flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null || isWords(value))
      return [`${visible(name).padEnd(width)}  ${visible(isWords(value) ? value.join(', ') : String(value))}`];
    return [visible(name), ...changes(name, before(name, predicate, trust), value)];
  });
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** What stands in the place of a member now; `undefined` where nothing does. */
function before(name: string, predicate: unknown, trust: Trust): unknown {
  if (name === 'policy') return trust.policy.policy;
  if (name !== 'facts') return undefined;
  return baselineInForce(trust, String((predicate as { environment?: unknown }).environment))?.baseline.facts;
}

/** As a diff; in full where there is nothing to compare with. */
function changes(name: string, then: unknown, now: unknown): string[] {
  const [old, young] = [then, now].map((value) =>
    value === undefined ? '' : visibleLines(stringify(value, { sortMapEntries: true })),
  );
  if (old === young) return ['  as it is in force'];
  const lines = then === undefined ? (young ?? '') : unifiedDiff(name, old, young ?? '').replace(/^(?:.*\n){2}/, '');
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}
