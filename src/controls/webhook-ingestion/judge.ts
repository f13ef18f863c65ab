import { formatDuration } from '../../model/duration.ts';
import type { Origin } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import type { Ingestion } from './input.ts';
import type { Reconciler } from './reconciler.ts';
import type { Arrival } from './secret.ts';

/** One of: it holds, it does not, nobody can tell. */
export interface Answer {
  readonly holds?: string;
  readonly finding?: Finding;
  readonly open?: string;
}

/** Who may deliver. A signed token and a client certificate prove the sender as a signature does. */
export function authentication({ path, auth }: Ingestion): Answer {
  if (auth === undefined) return { open: `the spec does not say how callers of ${path} are authenticated` };
  if (auth === 'signature') return {};
  if (auth === 'jwt' || auth === 'oidc' || auth === 'mtls') return { holds: `${path} is authenticated by ${auth}` };
  const anyone = auth === 'none';
  const message = anyone
    ? `${path} takes events from anybody: a forged one is applied like a real one`
    : `${path} is authenticated by ${auth}, which no sender of webhooks has`;
  return fault(anyone ? 'critical' : 'high', message, 'Verify the signature that the sender makes over each body.');
}

/** The secret has to be where the route is served, in each workload of the service. */
export function signing({ path, secret, arrivals }: Ingestion): Answer[] {
  if (arrivals.length === 0) return [{ open: `nothing here runs what serves ${path}` }];
  return arrivals.map((arrival) => arrived(path, secret, arrival));
}

function arrived(path: string, secret: string | undefined, { workload, variable, from, origin }: Arrival): Answer {
  const what = secret ?? 'a signing secret';
  if (from === 'secret') return { holds: `${path} is verified with ${variable} of ${workload}` };
  if (from === 'unknown')
    return {
      open: `whether ${workload} gets ${what} cannot be seen: ${variable === undefined ? 'a Secret is taken in whole' : `where ${variable} comes from is not known here`}`,
    };
  if (from === 'plain')
    return fault(
      'critical',
      `${variable} of ${workload} stands in a manifest: whoever reads it can forge the events of ${path}`,
      'Take the secret in from a Secret, and have the sender issue a new one.',
      origin,
    );
  return fault(
    'high',
    `${workload} serves ${path} and gets ${secret === undefined ? 'no signing secret' : `no variable ${secret}`}: it can verify no signature`,
    'Give it the secret by secretKeyRef, and name the variable in the route (webhook.secret).',
    origin,
    true,
  );
}

export function idempotency({ path, idempotency: declared }: Ingestion, transactional: readonly string[]): Answer {
  if (declared === undefined)
    return {
      open: `nothing says how an event of ${path} that comes twice is told: declare webhook.idempotency with its store and key`,
    };
  const { store, key, kind, ephemeral, reached } = declared;
  if (ephemeral !== undefined)
    return fault(
      'high',
      `${path} keeps the ids of applied events in ${store}, which may lose them (${ephemeral}): what is delivered again after that is applied again`,
      'Keep them in the database that the effect is in.',
    );
  if (kind === undefined || !transactional.includes(kind))
    return fault(
      'high',
      `${path} keeps the ids of applied events in ${store}${kind === undefined ? '' : ` (${kind})`}, which cannot commit them together with their effect: a crash between the two loses an event or applies it twice`,
      'Keep them in the database that the effect is in, in the same transaction.',
    );
  if (reached === false)
    return fault(
      'medium',
      `${path} keeps the ids of applied events in ${store}, and no flow leads there`,
      'Declare the flow, or the store that is really used.',
    );
  return { holds: `applied once by ${key} in ${store}` };
}

export function reconciliation({ path, sender, reconciler, candidates }: Ingestion, within: number): Answer {
  if (reconciler === undefined) {
    if (candidates.length > 0)
      return {
        open: `nothing says what finds lost events of ${path}; ${candidates.join(', ')} may: declare webhook.reconciliation`,
      };
    return fault(
      'high',
      `nothing compares the events of ${path} with the listing of the sender: one that is lost stays lost`,
      'Run a job that lists the events of the sender and applies those that are missing, and declare it (webhook.reconciliation).',
      undefined,
      true,
    );
  }
  const { by, workloads, suspended, reachesSender, origin } = reconciler;
  if (workloads.length === 0)
    return fault(
      'high',
      `${by} is to find lost events of ${path}, and nothing runs it`,
      'Deploy it to this environment.',
      origin,
      true,
    );
  if (suspended)
    return fault('high', `${by} is to find lost events of ${path}, and its CronJob is suspended`, 'Resume it.', origin);
  if (reachesSender === false)
    return fault(
      'high',
      `${by} is to find lost events of ${path}, and no flow leads from it to ${sender}: it can list nothing`,
      'Declare and allow the flow.',
      origin,
    );
  return paced(path, reconciler, within);
}

function paced(path: string, { by, everySeconds, says, origin }: Reconciler, within: number): Answer {
  if (everySeconds === undefined) return { open: `how often ${by} compares is not known: ${says}` };
  if (everySeconds === 0)
    return fault(
      'high',
      `${by} is to find lost events of ${path}, and never runs: ${says}`,
      `Let it run at least every ${formatDuration(within)}.`,
      origin,
    );
  if (everySeconds > within)
    return fault(
      'medium',
      `${by} compares every ${formatDuration(everySeconds)} (${says}), and ${formatDuration(within)} is the longest that is allowed`,
      `Let it run at least every ${formatDuration(within)}.`,
      origin,
    );
  return { holds: `compared by ${by} every ${formatDuration(everySeconds)}` };
}

function fault(severity: Severity, message: string, remediation: string, origin?: Origin, fromAbsence = false): Answer {
  return {
    finding: {
      severity,
      message,
      remediation,
      ...(origin !== undefined && { origin }),
      ...(fromAbsence && { fromAbsence }),
    },
  };
}
