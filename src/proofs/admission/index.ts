/**
 * Whether the API server still takes what keeps a workload running when webhooks must say yes first: a drained pod that does not
 * come back, a rollout that makes no ReplicaSet, an eviction that is refused.
 */
import { workloadName, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isLongRunning } from '../../model/subjects.ts';
import { readDisruption } from '../disruption/read/index.ts';
import { replicaRange, type ReplicaRange } from '../disruption/scaling.ts';
import { resolveBackend } from '../edge/backends.ts';
import type { Backend } from '../edge/types.ts';
import { matches, selectorText, type Match } from '../reachability/match.ts';
import { requestsOf, systemPod, takes, type Request, type Stopped } from './requests.ts';
import { closedWebhooks, type ClosedWebhook } from './webhooks.ts';

export type { Stopped } from './requests.ts';

/** How a webhook that fails closed stands in the way of a workload. */
export type Blockage = { readonly webhook: string; readonly origin: Origin } & (
  | {
      /** Nobody answers, so that every request is refused. */
      readonly kind: 'unanswered';
      readonly stops: Stopped;
      readonly because: string;
      readonly fromAbsence: boolean;
    }
  /** Of a workload that answers: its own new pods wait for its answer. */
  | { readonly kind: 'asks-itself'; readonly server: string }
  /** Of a workload that answers: those of kube-system wait for it, without which a cluster starts nothing. */
  | { readonly kind: 'asked-by-system' }
  /** Of a workload that answers with a single pod: others wait for it. */
  | { readonly kind: 'answers-alone'; readonly waiting: readonly string[] }
  | { readonly kind: 'unknown'; readonly because: string }
);

interface Answered {
  readonly webhook: ClosedWebhook;
  /** Undefined where a URL is called. */
  readonly backend: Backend | undefined;
}

/** What stands in the way of the workload, the worst of each webhook; of one that answers, also what others wait for. */
export function blockagesOf(view: PlatformView, workload: Workload): Blockage[] {
  const id = workloadName(workload);
  if (answered(view).length === 0 || rangeOf(view, workload)?.max === 0) return [];
  const requests = requestsOf(view, workload);
  return answered(view).flatMap(({ webhook, backend }) => {
    const found =
      backend?.live !== 'no' && backend?.workloads.includes(id) === true
        ? asServer(view, webhook, backend, workload)
        : asClient(webhook, backend, id, requests);
    return found === undefined ? [] : [found];
  });
}

const answered = oncePerPlatform((view: PlatformView): readonly Answered[] =>
  closedWebhooks(view).map((webhook) => ({
    webhook,
    backend: typeof webhook.server === 'string' ? undefined : resolveBackend(view, webhook.server),
  })),
);

/** The pods of `workload` are asked for by the webhook whose answer is not certain. */
function asClient(
  webhook: ClosedWebhook,
  backend: Backend | undefined,
  id: string,
  requests: readonly Request[],
): Blockage | undefined {
  // Pods are there and may listen on a port that they do not list.
  if (backend?.live === 'yes' || (backend?.live === 'unknown' && backend.workloads.length > 0)) return undefined;
  const asked = mostCertain(webhook, requests);
  if (asked === undefined) return undefined;
  const { stops } = asked.request;
  const where = { webhook: webhook.id, origin: backend?.origin ?? webhook.origin };
  if (backend?.live === 'no' && asked.match === 2)
    return {
      ...where,
      kind: 'unanswered',
      stops,
      because: `${backend.name}, where nobody answers: ${backend.because}`,
      fromAbsence: backend.fromAbsence,
    };
  const open = backend === undefined ? `whether ${String(webhook.server)} answers` : `whether ${backend.name} answers`;
  const because =
    backend?.live === 'no'
      ? `${webhook.id} fails closed and calls ${backend.name}, where nobody answers: ${backend.because}. Whether it is asked about ${stops} of ${id} is not known: ${openIn(webhook, asked.request)}`
      : `${stops} of ${id} ${asked.match === 2 ? 'wait' : 'may wait'} for ${webhook.id}, which fails closed, and ${open} is not known: ${backend?.because ?? 'it is no Service of the cluster'}`;
  return { ...where, kind: 'unknown', because };
}

/** The workload answers: is there a way back once all of its pods are gone? */
function asServer(
  view: PlatformView,
  webhook: ClosedWebhook,
  backend: Backend,
  workload: Workload,
): Blockage | undefined {
  const where = { webhook: webhook.id, origin: webhook.origin };
  const servers = view.workloads().filter((one) => backend.workloads.includes(workloadName(one)));
  const own = servers.map((server) => takes(webhook, newPod(view, server)));
  if (own.every((match) => match === 2)) return { ...where, kind: 'asks-itself', server: backend.name };
  if (takes(webhook, systemPod(view)) === 2) return { ...where, kind: 'asked-by-system' };
  const waiting = isLone(view, servers) ? waitingFor(view, webhook, servers) : [];
  if (waiting.length > 0) return { ...where, kind: 'answers-alone', waiting };
  if (own.every((match) => match > 0))
    return {
      ...where,
      kind: 'unknown',
      because: `whether ${webhook.id}, which fails closed, is asked about new pods of ${workloadName(workload)}, which answers it, is not known: ${openIn(webhook, newPod(view, workload))}`,
    };
  return undefined;
}

function newPod(view: PlatformView, workload: Workload): Request {
  const [first] = requestsOf(view, workload);
  if (first === undefined) throw new Error('a workload has pods');
  return first;
}

/** Whether all of its servers together may be a single pod. */
function isLone(view: PlatformView, servers: readonly Workload[]): boolean {
  const ranges = servers.map((server) => rangeOf(view, server));
  return ranges.every((range) => range !== undefined) && ranges.reduce((sum, { min }) => sum + min, 0) <= 1;
}

function rangeOf(view: PlatformView, workload: Workload): ReplicaRange | undefined {
  return replicaRange(readDisruption(view, workload).input.workload);
}

/** The long-running workloads whose new pods it is certainly asked about, without those that answer it. */
function waitingFor(view: PlatformView, webhook: ClosedWebhook, servers: readonly Workload[]): string[] {
  return view
    .workloads()
    .filter((one) => isLongRunning(one) && !servers.includes(one) && takes(webhook, newPod(view, one)) === 2)
    .map(workloadName);
}

/** The first request that it surely takes; else the first that it may take. */
function mostCertain(
  webhook: ClosedWebhook,
  requests: readonly Request[],
): { request: Request; match: Match } | undefined {
  const taken = requests
    .map((request) => ({ request, match: takes(webhook, request) }))
    .filter(({ match }) => match > 0);
  return taken.find(({ match }) => match === 2) ?? taken[0];
}

/** What is not known of a request that it may take. */
function openIn({ conditional, namespaces }: ClosedWebhook, { namespace }: Request): string {
  if (namespaces !== undefined && matches(namespaces, namespace) === 1)
    return `the labels of its namespace are not in the repository, and ${selectorText(namespaces)} is asked for`;
  return conditional ? 'its matchConditions decide' : 'labels decide that are not in the repository';
}
