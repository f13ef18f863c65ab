import type { Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { whyUnread } from '../../proofs/edge/unread.ts';
import type { ModSecurity } from './modsecurity.ts';
import type { EdgeWaf } from './query.ts';

export interface Params {
  readonly blockIn: readonly string[];
  readonly maxParanoia: number;
  readonly healthPaths: readonly string[];
  readonly ramp: readonly number[];
  readonly minDetection: Readonly<Record<'level1' | 'level2' | 'level3' | 'level4', number>>;
  readonly alsoDetect: readonly string[];
}

export function check(_subject: Subject, input: EdgeWaf, params: Params): Result {
  const { routes, acls, balancers } = input;
  const unread = whyUnread(input.unread);
  if (routes.length + acls.length + balancers.length === 0) return withoutRoutes(input, unread);
  const engines = distinct(routes.flatMap(({ waf }) => (waf?.enabled === true ? [waf] : [])));
  const open = openOf(input);
  const findings = [
    ...(input.provisional ? [] : open.map(uncovered)),
    ...engines.flatMap((engine) => engineFindings(engine, input, params)),
    ...acls.flatMap((acl) => aclFindings(acl, input, params)),
    ...(input.provisional ? [] : [...declarationFindings(input, params), ...watchFindings(input)]),
  ];
  const unknown = routes.find(({ known }) => !known);
  if (findings.length === 0 && acls.length === 0 && unknown !== undefined)
    return inconclusive(`whether a WAF stands before ${unknown.source} is not in the repository`, unknown.origin);
  if (findings.length === 0 && acls.length === 0 && unread !== undefined)
    return inconclusive(unread, input.unread[0]?.origin);
  const [first] = open;
  // Findings stand for it with a spec; without one it is not known that a WAF is wanted, nor where it may stand.
  if (findings.length === 0 && first !== undefined)
    return inconclusive(`${first.message}; without a spec nobody has said whether one is wanted`, first.origin);
  const modes = engines.map(
    ({ where, engine, paranoia, sampling }) => `${where} ${engine} at paranoia ${paranoia} on ${sampling} %`,
  );
  return failOr(
    findings,
    `${[...acls.map(({ name, to }) => `${name} on ${to.join(', ')}`), ...modes].join('; ') || `a WAF by ${[...new Set(routes.flatMap(({ named }) => named ?? []))].join(', ')}`}`,
    {
      webAcls: acls.length,
      engines: engines.length,
      alerts: input.alerts.join(', '),
    },
  );
}

function withoutRoutes({ distributions: [bare], unread: [edge] }: EdgeWaf, unread: string | undefined): Result {
  if (unread !== undefined || bare === undefined)
    return inconclusive(unread ?? 'the repository shows nothing public', edge?.origin);
  return inconclusive(
    `no web ACL is attached to ${bare.name}, and whether it serves more than files is not known`,
    bare.origin,
  );
}

/** What is public and has no WAF before it, as a message about it. */
interface Open {
  readonly message: string;
  readonly origin: Origin;
}

/** Routes and load balancers that no WAF stands before. A web ACL on a public balancer covers the routes behind it. */
function openOf({ routes, acls, balancers }: EdgeWaf): Open[] {
  const open =
    acls.length > 0
      ? []
      : routes.filter(({ known, waf, named }) => known && waf?.enabled !== true && named === undefined);
  return [
    ...open.map(({ source, origin }) => ({ message: `no WAF stands before ${source}`, origin })),
    ...(routes.some(({ waf }) => waf?.enabled === true)
      ? []
      : balancers.map(({ name, origin }) => ({
          message: `no web ACL is attached to ${name}, which is public`,
          origin,
        }))),
  ];
}

function uncovered({ message, origin }: Open): Finding {
  return {
    message,
    severity: 'high',
    fromAbsence: true,
    origin,
    remediation: 'Attach a web ACL to the load balancer, or enable ModSecurity with the Core Rule Set.',
  };
}

function engineFindings(
  engine: ModSecurity,
  { environment, declared, provisional, routes, acls }: EdgeWaf,
  params: Params,
): Finding[] {
  const findings: Finding[] = [];
  const problem = (message: string, severity: Finding['severity'], remediation: string): void => {
    findings.push({ message: `${engine.where} ${message}`, severity, origin: engine.origin, remediation });
  };
  if (!engine.coreRules)
    problem('runs ModSecurity without the Core Rule Set', 'high', 'Set enable-owasp-modsecurity-crs.');
  if (engine.engine === 'Off')
    problem('switches the rule engine off', 'high', 'Set SecRuleEngine to DetectionOnly, then On.');
  if (provisional) return findings;
  const blocks = params.blockIn.includes(environment) && !blockedBefore(engine, routes, acls);
  if (engine.engine === 'DetectionOnly' && blocks && declared?.mode !== 'monitor')
    problem(
      `only watches in ${environment}${declared?.mode === 'block' ? ', and blocking is declared' : ''}`,
      'high',
      'Set SecRuleEngine On once the false positives are below the threshold.',
    );
  if (engine.engine === 'On' && declared?.mode === 'monitor' && blocks)
    problem(`blocks in ${environment}, and monitoring is declared`, 'medium', 'Declare the mode that runs.');
  if (declared?.paranoia !== undefined && declared.paranoia !== engine.paranoia)
    problem(
      `runs at paranoia level ${engine.paranoia}, and ${declared.paranoia} is declared`,
      'medium',
      'Let the spec and the rules say the same level.',
    );
  else if (engine.paranoia > params.maxParanoia)
    problem(
      `runs at paranoia level ${engine.paranoia}, above ${params.maxParanoia}`,
      'medium',
      'Start at level 1 and tune before raising it.',
    );
  const steps = declared?.ramp ?? params.ramp;
  if (engine.engine === 'On' && engine.sampling !== 100 && !steps.includes(engine.sampling))
    problem(
      `sees ${engine.sampling} % of requests, which is no step of the ramp ${steps.join('/')}`,
      'medium',
      'Set the sampling percentage to a step of the declared ramp.',
    );
  const names = params.healthPaths.map((path) => path.replace(/^\//, ''));
  if (!engine.excepted.some((operator) => names.some((name) => operator.includes(name))))
    problem(
      `excepts none of ${params.healthPaths.join(', ')} from the rules`,
      'low',
      'Except the paths of probes and scrapes by a rule in git.',
    );
  return findings;
}

function aclFindings(
  { name, ruleGroups, counting, origin }: EdgeWaf['acls'][number],
  { environment, declared }: EdgeWaf,
  params: Params,
): Finding[] {
  if (
    ruleGroups === 0 ||
    counting < ruleGroups ||
    !params.blockIn.includes(environment) ||
    declared?.mode === 'monitor'
  )
    return [];
  return [
    {
      message: `${name} only counts what its ${ruleGroups} rule group${ruleGroups === 1 ? '' : 's'} match`,
      severity: 'high',
      origin,
      remediation: 'Set override_action to none once the false positives are below the threshold.',
    },
  ];
}

/** A controller of websockets alone may watch where a web ACL that blocks stands before it: the frames no rule reads anyway. */
function blockedBefore(engine: ModSecurity, routes: EdgeWaf['routes'], acls: EdgeWaf['acls']): boolean {
  const own = routes.filter(({ waf }) => waf?.where === engine.where);
  return own.every(({ isSocket }) => isSocket) && acls.some(({ ruleGroups, counting }) => ruleGroups > counting);
}

/** What the roll-out to blocking must be agreed on. */
function declarationFindings({ declared, runbookExists }: EdgeWaf, params: Params): Finding[] {
  const problem = (message: string, remediation: string): Finding => ({ message, severity: 'medium', remediation });
  if (declared === undefined)
    return [
      problem(
        'the spec does not declare the WAF',
        'Declare mode, paranoia, ramp, falsePositiveThreshold and runbook under edge.waf.',
      ),
    ];
  const { ramp, falsePositiveThreshold, runbook } = declared;
  const rises =
    ramp !== undefined &&
    ramp.at(-1) === 100 &&
    ramp.every((step, index) => index === 0 || step > (ramp[index - 1] ?? 0));
  return [
    ...(ramp === undefined
      ? [
          problem(
            'the spec declares no ramp to blocking',
            `Declare edge.waf.ramp, ${params.ramp.join(', ')} for example.`,
          ),
        ]
      : []),
    ...(ramp !== undefined && !rises
      ? [problem(`the ramp ${ramp.join('/')} does not rise to 100 %`, 'Let the ramp rise step by step to 100.')]
      : []),
    ...(falsePositiveThreshold === undefined
      ? [problem('the spec agrees on no threshold of false positives', 'Declare edge.waf.falsePositiveThreshold.')]
      : []),
    ...(runbook === undefined
      ? [problem('the spec names no runbook to roll the WAF back', 'Declare edge.waf.runbook.')]
      : []),
    ...(runbook !== undefined && !runbookExists
      ? [{ ...problem(`the runbook ${runbook} does not exist`, 'Write it, or correct the path.'), fromAbsence: true }]
      : []),
  ];
}

function watchFindings({ alerts, dashboards }: EdgeWaf): Finding[] {
  return [
    ...(alerts.length === 0
      ? [
          {
            message: 'no alert watches what the WAF blocks',
            severity: 'high' as const,
            fromAbsence: true,
            remediation: 'Alert on a spike of blocked requests.',
          },
        ]
      : []),
    ...(dashboards.length === 0
      ? [
          {
            message: 'no dashboard shows the WAF',
            severity: 'low' as const,
            fromAbsence: true,
            remediation: 'Keep a dashboard of matched and blocked requests in git.',
          },
        ]
      : []),
  ];
}

function distinct(engines: readonly ModSecurity[]): ModSecurity[] {
  return [...new Map(engines.map((engine) => [engine.where, engine])).values()];
}
