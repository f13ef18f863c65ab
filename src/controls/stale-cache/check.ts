import type { Subject } from '../../model/control.ts';
import { parseDuration } from '../../model/duration.ts';
import type { Origin } from '../../model/origin.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { isOwnPod } from './host.ts';
import { ADDRESS, STALE, TTL, type CacheStore, type Setting, type StaleCache } from './query.ts';

export interface Params {
  readonly maxStale: string;
  readonly evicting: readonly string[];
}

interface Open {
  readonly because: string;
  readonly origin?: Origin;
}

interface Judged {
  readonly findings: readonly Finding[];
  readonly open: readonly Open[];
}

export function check({ name }: Subject, input: StaleCache, params: Params): Result {
  if (input.workloads.length === 0) return inconclusive('the service has no workload to look at');
  const judged = [
    ...input.workloads.flatMap((workload) => [limits(workload, input, params), address(workload, input)]),
    ...input.stores.map((store) => judgeStore(store, params)),
    hitRate(input),
  ];
  const findings = judged.flatMap((one) => one.findings);
  const [open] = judged.flatMap((one) => one.open);
  if (findings.length === 0 && open !== undefined) return inconclusive(open.because, open.origin);
  const said = (settings: readonly Setting[]) =>
    [...new Set(settings.flatMap((setting) => valueOf(setting) ?? []))].join(', ');
  return failOr(
    findings,
    `${name} serves ${said(input.ttl)} fresh and up to ${said(input.stale)} stale from ${input.stores.map((store) => store.name).join(', ')}; ${input.shown.join(', ')} shows the hit rate`,
    { workloads: input.workloads.length, stores: input.stores.length },
  );
}

function limits(workload: string, input: StaleCache, { maxStale }: Params): Judged {
  const ttl = one(input.ttl, workload, TTL[0], input, 'how long an answer is fresh');
  const stale = one(input.stale, workload, STALE[0], input, 'how long a stale one may be served');
  const findings = [...ttl.findings, ...stale.findings];
  const open = [...ttl.open, ...stale.open];
  if (ttl.value === undefined || stale.value === undefined) return { findings, open };
  const { setting } = stale.value;
  const most = parseDuration(maxStale);
  if (stale.value.seconds <= ttl.value.seconds)
    findings.push(
      found(
        setting,
        `is ${valueOf(setting)}, no longer than the ${valueOf(ttl.value.setting)} of ${ttl.value.setting.name}: nothing stale is left when the upstream fails`,
        `Set it to longer than ${ttl.value.setting.name}, counted from the same moment.`,
      ),
    );
  else if (most !== undefined && stale.value.seconds > most)
    findings.push(
      found(
        setting,
        `is ${valueOf(setting)}: answers may be older than ${maxStale}`,
        `Set it to ${maxStale} or less, or answer for it in the param maxStale.`,
      ),
    );
  return { findings, open };
}

/** The one duration of a workload, or what is wrong with it. */
function one(
  settings: readonly Setting[],
  workload: string,
  variable: string,
  { opaque }: StaleCache,
  what: string,
): Judged & { readonly value?: { readonly setting: Setting; readonly seconds: number } } {
  const setting = settings.find((candidate) => candidate.workload === workload);
  if (setting === undefined && opaque.includes(workload))
    return {
      findings: [],
      open: [{ because: `${workload} takes in a whole Secret; whether it sets ${variable} cannot be told` }],
    };
  if (setting === undefined) {
    const message = `${workload} uses a cache and does not say ${what}`;
    return {
      findings: [{ message, severity: 'medium', fromAbsence: true, remediation: `Set ${variable}.` }],
      open: [],
    };
  }
  const value = valueOf(setting);
  if (value === undefined) return { findings: [], open: [elsewhere(setting)] };
  const seconds = parseDuration(value);
  if (seconds === undefined || seconds <= 0)
    return {
      findings: [
        found(
          setting,
          `is ${JSON.stringify(value)}, which is no duration with a unit`,
          'Write a duration such as 60s.',
        ),
      ],
      open: [],
    };
  return { findings: [], open: [], value: { setting, seconds } };
}

function address(workload: string, { addresses, opaque, provisional }: StaleCache): Judged {
  const own = addresses.filter(({ setting }) => setting.workload === workload);
  if (own.length === 0 && opaque.includes(workload)) return { findings: [], open: [] };
  if (own.length === 0) {
    const message = `${workload} does not say where its cache is: one in its own memory starts cold with each pod`;
    return {
      findings: [
        {
          message,
          severity: 'medium',
          fromAbsence: true,
          remediation: `Set ${ADDRESS[0]} to a store outside of the pods.`,
        },
      ],
      open: [],
    };
  }
  const judged = own.map(({ setting, host, store }): Judged => {
    if (host === undefined) return { findings: [], open: [elsewhere(setting)] };
    if (isOwnPod(host))
      return {
        findings: [
          found(
            setting,
            `leads to ${host}, the pod itself: each pod starts cold, and a restart loses all`,
            'Give it the address of a store outside of the pods.',
          ),
        ],
        open: [],
      };
    if (store !== undefined) return { findings: [], open: [] };
    if (provisional)
      return {
        findings: [],
        open: [{ because: `without a spec it cannot be told what ${host} is`, origin: setting.origin }],
      };
    return {
      findings: [
        found(setting, `leads to ${host}, which is no store of the spec`, 'Declare the store, with its hosts.'),
      ],
      open: [],
    };
  });
  return { findings: judged.flatMap(({ findings }) => findings), open: judged.flatMap(({ open }) => open) };
}

function judgeStore({ name, ephemeral, channels, eviction }: CacheStore, { evicting }: Params): Judged {
  const findings: Finding[] = [];
  const [channel] = channels;
  if (channel !== undefined)
    findings.push({
      message: `the cache is store ${name}, which carries ${channel}: when answers fill it, messages are refused or thrown away`,
      severity: 'high',
      remediation: 'Keep the cache in a store of its own.',
    });
  if (!ephemeral)
    findings.push({
      message: `store ${name} is not declared as one that may be lost, and a cache throws away what it holds`,
      severity: 'medium',
      fromAbsence: true,
      remediation: 'Say under ephemeral why nothing in it must survive.',
    });
  if (eviction.state === 'unknown')
    return { findings, open: [{ because: `what store ${name} does when it is full is not in the repository` }] };
  if (evicting.includes(eviction.policy)) return { findings, open: [] };
  findings.push({
    message: `store ${name} has the eviction policy ${eviction.policy}${eviction.state === 'default' ? ' by default' : ''}: once it is full it refuses new answers`,
    severity: 'medium',
    ...(eviction.state === 'told' ? { origin: eviction.origin } : { fromAbsence: true }),
    remediation: `Set maxmemory-policy to ${evicting[0] ?? 'allkeys-lfu'}.`,
  });
  return { findings, open: [] };
}

function hitRate({ exposed, shown, provisional }: StaleCache): Judged {
  if (exposed.length > 0 && shown.length > 0) return { findings: [], open: [] };
  if (provisional)
    return { findings: [], open: [{ because: 'without a spec it cannot be told which metrics are exposed' }] };
  const [message, remediation] =
    exposed.length === 0
      ? [
          'no metric of the hit rate is known to be exposed',
          'Export cache_requests_total by result, and list it under the metrics of the service.',
        ]
      : [`no panel shows ${exposed.join(', ')}`, 'Add a panel with the share of hits.'];
  return { findings: [{ message, severity: 'medium', fromAbsence: true, remediation }], open: [] };
}

/** Undefined where it stands in a Secret, in a ConfigMap that is not here, or in a field of the pod. */
function valueOf({ source }: Setting): string | undefined {
  return source.from === 'literal' || source.from === 'configMap' ? source.value : undefined;
}

function elsewhere({ name, workload, origin }: Setting): Open {
  return {
    because: `${name} of ${workload} comes from a place that is not in the repository, or is no address`,
    origin,
  };
}

function found(setting: Setting, message: string, remediation: string): Finding {
  const where = `${setting.name} in container ${setting.container} of ${setting.workload}`;
  return { message: `${where} ${message}`, severity: 'medium', origin: setting.origin, remediation };
}
