/** Sends requests past the live WAF and reads from its own record what it says of each. */
import { CannotTell } from '../../model/drill/drill.ts';
import type { WafMatch, WafRequest } from '../../model/drill/edge-control.ts';
import type { Edge } from '../../model/drill/edge.ts';
import { eachOf, hostOf } from '../../proofs/edge/drill.ts';
import type { DrilledRoute } from './query.ts';
import type { Judged } from './tally.ts';

const AT_ONCE = 6;

export interface Judging {
  readonly edge: Edge;
  readonly matches: (ids: readonly string[]) => Promise<ReadonlyMap<string, readonly WafMatch[]>>;
  readonly route: DrilledRoute;
}

/** Refused by the server itself before any rule ran counts as noted; what the WAF never saw otherwise is no data. */
export async function judge({ edge, matches, route }: Judging, requests: readonly WafRequest[]): Promise<Judged[]> {
  const answers = await eachOf(requests, AT_ONCE, (one) => send(edge, route, one));
  const noted = await matches(answers.flatMap(({ id }) => id ?? []));
  const judged = answers.map(({ id, status, own }, index): Judged | undefined => {
    const rules = noted.get(id ?? '')?.map(({ rule }) => rule);
    if (rules !== undefined) return { request: requests[index]!, rules };
    return own && status === 400 ? { request: requests[index]!, rules: ['refused by the server'] } : undefined;
  });
  const unseen = judged.filter((one) => one === undefined).length;
  if (unseen > 0)
    throw new CannotTell(`the WAF has noted nothing, good or bad, of ${unseen} of ${requests.length} requests`);
  return judged.filter((one) => one !== undefined);
}

export interface Answered {
  readonly id: string | undefined;
  readonly status: number;
  /** The edge made the answer. */
  readonly own: boolean;
}

export async function send(
  edge: Edge,
  route: DrilledRoute,
  { method, path, headers, body }: WafRequest,
): Promise<Answered> {
  const answer = await edge.ask(hostOf(edge, route.service, route), path, {
    method,
    headers: { accept: '*/*', 'user-agent': 'launchgate-drill', ...headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs: 20_000,
  });
  return {
    id: answer.headers['x-request-id'],
    status: answer.status,
    own: answer.headers['content-type']?.startsWith('text/html') === true,
  };
}
