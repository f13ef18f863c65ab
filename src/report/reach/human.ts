import { counted } from '../order.ts';
import type { Style } from '../text/style.ts';
import { visible } from '../text/visible.ts';
import type { ReachDiff, ReachExplanation, ReachFlows, ReachHead, ReachMap } from './schema.ts';

/** The map in lines of `shop/web[Deployment] => shop/api[Deployment] : TCP 8080`, and nothing else, so that it can be compared. */
export function mapText({ rows }: ReachMap): string {
  return rows.map(line).join('\n');
}

/** What belongs beside a map: counts, what is unknown and why, what was not read. */
export function mapNotes(report: ReachMap, style: Style, shown = 12): string[] {
  const { counts, rows, unknown } = report;
  return [
    `${counted(counts.workloads, 'workload')} in ${counted(counts.namespaces, 'namespace')}, ${counted(counts.policies, 'policy', 'policies')}; isolated for ingress ${counts.isolated.ingress}, for egress ${counts.isolated.egress}.`,
    `${counted(rows.length, 'connection')}${unknown.length === 0 ? '' : `, ${unknown.length} unknown`}.`,
    ...unknownNotes(unknown, style, shown),
    ...headNotes(report, style),
  ];
}

/** Unknown rows under the reason they share, the most frequent first. */
function unknownNotes(unknown: ReachMap['unknown'], style: Style, shown: number): string[] {
  const byReason = new Map<string, ReachMap['unknown']>();
  for (const row of unknown) {
    const key = row.because.join('; ');
    const rows = byReason.get(key);
    if (rows === undefined) byReason.set(key, [row]);
    else rows.push(row);
  }
  const reasons = [...byReason].sort(([, a], [, b]) => b.length - a.length);
  const notes = reasons
    .slice(0, shown)
    .flatMap(([because, rows]) => [
      `${style('unknown', 'unknown')} ${visible(because)}`,
      ...rows.slice(0, 3).map((row) => `  ${line(row)}`),
      ...(rows.length > 3 ? [`  and ${rows.length - 3} more`] : []),
    ]);
  if (reasons.length > shown) notes.push(`and ${reasons.length - shown} more reasons: see -f json`);
  return notes;
}

export function headNotes({ unread, notes }: Pick<ReachHead, 'unread' | 'notes'>, style: Style): string[] {
  return [
    ...notes.map((note) => style('quiet', visible(note))),
    ...unread.map(
      ({ path, line: at, reason, fix }) =>
        `${style('medium', 'not read')} ${place({ path, line: at })}: ${visible(`${reason}. ${fix}`)}`,
    ),
  ];
}

/** One connection explained, end by end. */
export function explanationText(report: ReachExplanation, style: Style): string {
  const { protocol, port, verdict } = report;
  const [src, dst] = [visible(report.src), visible(report.dst)];
  const tone = verdict === 'allowed' ? 'pass' : verdict === 'denied' ? 'high' : 'unknown';
  return [
    `${src} => ${dst} : ${protocol} ${port} is ${style(tone, verdict)}`,
    ...sideText(report.egress, `leaving ${src}`, style),
    ...sideText(report.ingress, `entering ${dst}`, style),
  ].join('\n');
}

function sideText(side: ReachExplanation['egress'], title: string, style: Style): string[] {
  const rules = side.rules.map(
    ({ policy, rule, action, sure, location }) =>
      `    ${sure ? action : `perhaps ${action}`}: ${visible(policy)} ${rule}${location === undefined ? '' : `  ${style('path', place(location))}`}`,
  );
  const about = new Set(side.rules.map(({ policy }) => policy));
  const others = side.policies
    .filter(({ policy }) => !about.has(policy))
    .map(
      ({ policy, location }) =>
        `    no rule: ${visible(policy)}${location === undefined ? '' : `  ${style('path', place(location))}`}`,
    );
  const shown = others.slice(0, 8);
  if (others.length > shown.length) shown.push(`    and ${others.length - shown.length} more without a rule about it`);
  return [
    `  ${title}: ${side.verdict}, ${visible(side.because)}`,
    ...rules,
    ...shown,
    ...side.reasons.map((reason) => `    unknown: ${visible(reason)}`),
  ];
}

export function diffText({ rows }: ReachDiff, style: Style): string {
  return rows
    .map(({ src: from, dst: to, before, after, change }) => {
      const [src, dst] = [visible(from), visible(to)];
      if (change === 'added') return style('pass', `+ ${src} => ${dst} : ${after}`);
      if (change === 'removed') return style('high', `- ${src} => ${dst} : ${before}`);
      return style('medium', `~ ${src} => ${dst} : ${before} -> ${after}`);
    })
    .join('\n');
}

export function flowsText({ under, over, unknown, placeless }: ReachFlows, style: Style): string {
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [style('heading', `${title} (${lines.length})`), ...lines.map((text) => `  ${text}`)];
  return [
    ...list('Has to pass, and is denied', under.map(flowLine)),
    ...list('Passes, and no flow speaks of it', over.map(line)),
    ...list('Has to pass, and nobody can tell', unknown.map(flowLine)),
    ...list(
      'Declared, and one end has no place',
      placeless.map(({ flow, end }) => visible(`${flow}: where ${end} is, nothing says`)),
    ),
  ].join('\n');
}

/** A row with what asks for it, where that is more than the flow itself. */
function flowLine(row: ReachFlows['under'][number]): string {
  return `${line(row)}  (${visible(row.flow)})`;
}

function line({ src, dst, conn }: { readonly src: string; readonly dst: string; readonly conn: string }): string {
  return visible(`${src} => ${dst} : ${conn}`);
}

function place({ path, line: at }: { readonly path: string; readonly line?: number | undefined }): string {
  return visible(at === undefined ? path : `${path}:${at}`);
}
