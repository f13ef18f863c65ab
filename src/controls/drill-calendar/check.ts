import type { Query, Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Spec } from '../../model/spec.ts';

interface Calendar {
  readonly drills: Spec['drills'];
  /** Services and stores from which the needed drills follow. */
  readonly described: number;
  /** Kinds of drill that this platform needs, with why. */
  readonly needed: readonly { readonly drill: string; readonly because: string }[];
}

interface Params {
  readonly longest: Readonly<Record<string, string>>;
}

export function calendar(): Query<Calendar> {
  return ({ spec }) => {
    const lasting = spec.stores.filter(({ ephemeral }) => ephemeral === undefined).map(({ name }) => name);
    const needed = [
      { drill: 'tabletop', because: 'people have to practise an incident' },
      ...(lasting.length > 0
        ? [
            { drill: 'restore', because: `${lasting.join(', ')} must be restorable` },
            { drill: 'data-failover', because: `${lasting.join(', ')} must survive the loss of a node` },
          ]
        : []),
      ...(spec.services.some(({ routes }) => routes.length > 0)
        ? [{ drill: 'capacity-baseline', because: 'public routes have to hold their load' }]
        : []),
      ...(spec.onCall === undefined ? [] : [{ drill: 'alert-delivery', because: 'pages have to arrive' }]),
    ];
    return { drills: spec.drills, described: spec.services.length + spec.stores.length, needed };
  };
}

export function check(_subject: Subject, { drills, described, needed }: Calendar, params: Params): Result {
  if (described === 0)
    return inconclusive('the spec describes no service and no store, so nobody can tell which drills are needed');
  const findings = [
    ...needed.flatMap((need) => missing(need, drills)),
    ...drills.flatMap((drill) => tooRare(drill, params)),
    ...drills.filter(({ owner }) => owner === undefined).map(unowned),
  ];
  return failOr(
    findings,
    `${drills.length} drills are scheduled: ${drills.map(({ drill, every }) => `${drill} every ${every}`).join(', ')}`,
    { drills: drills.length },
  );
}

function missing({ drill, because }: Calendar['needed'][number], drills: Spec['drills']): Finding[] {
  if (drills.some((scheduled) => scheduled.drill === drill)) return [];
  return [
    {
      message: `no ${drill} drill is scheduled, and ${because}`,
      severity: 'high',
      remediation: `Schedule ${drill} under drills, with how often and by whom.`,
    },
  ];
}

function tooRare({ drill, every }: Spec['drills'][number], { longest }: Params): Finding[] {
  const limit = longest[drill];
  if (limit === undefined || seconds(every) <= seconds(limit)) return [];
  return [
    {
      message: `${drill} is drilled every ${every}, and ${limit} is the longest that is allowed`,
      severity: 'medium',
      remediation: `Drill it every ${limit} or more often.`,
    },
  ];
}

function unowned({ drill }: Spec['drills'][number]): Finding {
  return {
    message: `nobody owns the ${drill} drill`,
    severity: 'medium',
    remediation: 'Name the person or role under owner.',
  };
}
