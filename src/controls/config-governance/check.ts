import type { Query, Subject } from '../../model/control.ts';
import { environmentOf } from '../../model/env.ts';
import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Spec } from '../../model/spec.ts';

type Flag = Spec['flags'][number];

/** A variable of a workload, or a flag of an OpenFeature object. */
interface Switch {
  readonly name: string;
  readonly from: 'variable' | 'feature-flag';
  readonly origin: Origin;
}

interface Governance {
  readonly flags: readonly Flag[];
  /** What may be a flag: every variable, since params say which names are; and what is one by its kind. */
  readonly switches: readonly Switch[];
}

interface Params {
  readonly flagPrefixes: readonly string[];
  readonly settings: readonly string[];
}

export function governance(): Query<Governance> {
  return (view) => {
    const variables = view.workloads().flatMap((workload) =>
      environmentOf(view, workload)
        .filter(({ name }) => name !== '*')
        .map(({ name, origin }): Switch => ({ name, from: 'variable', origin })),
    );
    const featureFlags = ['FeatureFlag', 'FeatureFlagConfiguration'].flatMap((kind) =>
      view.objects(`${kind}.core.openfeature.dev`).flatMap((object) =>
        cursor(object)
          .get('spec', 'flagSpec', 'flags')
          .entries()
          .map(([name, at]): Switch => ({ name, from: 'feature-flag', origin: at.origin })),
      ),
    );
    return { flags: view.spec.flags, switches: firstOfEach([...variables, ...featureFlags]) };
  };
}

function firstOfEach(switches: readonly Switch[]): Switch[] {
  return [...new Map(switches.toReversed().map((found) => [`${found.from} ${found.name}`, found])).values()].toSorted(
    (a, b) => (a.name < b.name ? -1 : 1),
  );
}

export function check(_subject: Subject, { flags, switches }: Governance, params: Params): Result {
  const used = switches.filter(({ name, from }) => from === 'feature-flag' || isSwitch(name, params));
  const declared = new Set(flags.map(({ name }) => plain(name)));
  const findings = [
    ...flags.flatMap(judgeFlag),
    ...used.filter(({ name }) => !spellings(name, params).some((spelling) => declared.has(spelling))).map(undeclared),
  ];
  if (findings.length === 0 && flags.length === 0)
    return inconclusive(
      'the spec lists no flag, and no variable of a workload is named like one: whether there are any cannot be told',
    );
  return failOr(findings, `${flags.length} flags have an owner, an approval and a promotion path`, {
    flags: flags.length,
    switches: used.length,
  });
}

function isSwitch(name: string, { flagPrefixes, settings }: Params): boolean {
  return (
    settings.includes(name) || flagPrefixes.some((prefix) => name.startsWith(prefix) && name.length > prefix.length)
  );
}

/** `FEATURE_NEW_NAV` may be declared as it is, or as `new-nav`. */
function spellings(name: string, { flagPrefixes }: Params): string[] {
  return [
    name,
    ...flagPrefixes.filter((prefix) => name.startsWith(prefix)).map((prefix) => name.slice(prefix.length)),
  ].map(plain);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function judgeFlag({ name, owner, approval, promotion, risk }: Flag): Finding[] {
  const severity = risk === 'high' ? 'high' : 'medium';
  const lacks = (what: string, remediation: string): Finding => ({
    message: `flag ${name}${risk === 'high' ? ', of high risk,' : ''} has no ${what}`,
    severity,
    remediation,
  });
  return [
    ...(owner === undefined ? [lacks('owner', 'Name under owner who removes it when it is done.')] : []),
    ...(approval === undefined ? [lacks('approval', 'Name under approval who agrees to a change of it.')] : []),
    ...(promotion === undefined
      ? [lacks('promotion path', 'Say under promotion how it goes from one environment to the next.')]
      : []),
    ...(approval !== undefined && approval === owner ? [ownApproval(name, owner, severity)] : []),
  ];
}

function ownApproval(name: string, owner: string, severity: Finding['severity']): Finding {
  return {
    message: `flag ${name} is approved by its owner, ${owner}`,
    severity,
    remediation: 'Let somebody else approve changes of it.',
  };
}

function undeclared({ name, from, origin }: Switch): Finding {
  return {
    message: `${from === 'variable' ? 'variable' : 'feature flag'} ${name} is set in a manifest, and the spec lists no such flag: nobody owns it or approves its change`,
    severity: 'medium',
    origin,
    remediation: 'List it under flags with owner, approval and promotion.',
  };
}
