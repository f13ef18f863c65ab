/** Sends secrets that mean nothing by every way that a secret takes, also where requests fail, and looks for them in every log. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
} from '../../model/drill/drill.ts';
import type { Edge } from '../../model/drill/edge.ts';
import type { EdgeControl, EdgeLogSearch } from '../../model/drill/edge-control.ts';
import type { Logs } from '../../model/drill/logs.ts';
import {
  concretePath,
  edgeAnswers,
  END_OF_HEAD,
  hostOf,
  NOWHERE,
  requestBytes,
  UPGRADE,
} from '../../proofs/edge/drill.ts';
import type { Params } from './check.ts';
import type { CanaryPath, EdgeLogs } from './query.ts';

const parameters = z.object({
  wait: z
    .int()
    .min(1)
    .max(300)
    .default(30)
    .describe('Longest that a request may take to show up in the logs, in seconds'),
});

type Needs = 'edge' | 'edgeControl' | 'logs';

export const drill = defineDrill({
  summary:
    'Canary secrets are sent in headers and queries of every route, also with requests that are refused, and looked for in every log.',
  blastRadius:
    'Some dozens of requests, most of them refused; an attack among them may count as one in the metrics of the WAF.',
  needs: ['edge', 'edgeControl', 'logs'],
  parameters,
  plan({ subjects, parameters: { wait } }: DrillInput<EdgeLogs, Params, z.infer<typeof parameters>>) {
    return {
      runs: subjects.flatMap((subject) => rehearsal(subject, wait) ?? []),
      left: subjects.flatMap(({ id, input }) =>
        input.paths.length > 0
          ? []
          : [{ subject: id, because: 'the spec declares no public route to send a secret to' }],
      ),
    };
  },
});

function rehearsal(
  { id, input: { paths }, params }: DrillSubject<EdgeLogs, Params>,
  wait: number,
): Rehearsal<Needs> | undefined {
  const [first] = paths;
  if (first === undefined) return undefined;
  // Random, so that nothing of an earlier run is found; the same in all canaries of this one, so that one search finds them.
  const mark = crypto.randomUUID().replaceAll('-', '').slice(0, 16);
  return {
    name: 'secrets in the logs of the edge',
    subjects: [id],
    hypothesis: [edgeAnswers(first.service)],
    method: [
      {
        name: 'send canaries by every route and every kind of failure',
        kind: 'act',
        timeoutMs: 120_000,
        async run({ target: { edge }, observe }) {
          const sent = await Promise.all(paths.map((path) => sendTo(edge, path, canaries(mark, params))));
          observe({
            name: 'requests with canaries',
            value: sent.reduce((sum, count) => sum + count, 0),
            unit: 'requests',
            atLeast: paths.length,
          });
        },
      },
      {
        name: 'wait until the logs have what was sent',
        kind: 'act',
        timeoutMs: (wait + 30) * 1000,
        run: async ({ target: { edge, edgeControl, logs }, now }) => {
          const seen = `seen-${mark.split('').toReversed().join('')}`;
          await edge.ask(edge.host(first.service), `/${seen}`);
          const until = now() + wait * 1000;
          while (!(await shows(edgeControl, logs, seen))) {
            if (now() > until) throw new CannotTell(`no log of the edge showed a request within ${wait} s`);
            await new Promise((resolve) => setTimeout(resolve, 500));
          }
        },
      },
      {
        name: 'look for them in every log',
        kind: 'measure',
        timeoutMs: 60_000,
        async run({ target: { edgeControl, logs }, observe, keep }) {
          const own = await edgeControl.searchLogs(mark);
          const shipped = await logs.find(mark);
          const kept = own.filter(({ raw }) => !raw);
          keep(
            'logs that were searched',
            own.map(({ lines, ...log }) => ({ ...log, lines: lines.length })),
          );
          const leaks = [
            ...kept.flatMap(({ log, lines }) => lines.map((line) => ({ log, canary: canaryIn(line, mark) }))),
            ...shipped.map(({ part, line }) => ({ log: `what ${part} shipped`, canary: canaryIn(line, mark) })),
          ];
          observe({
            name: 'logs of the edge that were searched',
            value: kept.filter(({ bytes }) => bytes > 0).length,
            unit: 'logs',
            atLeast: 1,
          });
          observe({
            name: 'canaries in logs',
            value: leaks.length,
            unit: 'lines',
            is: 0,
            ...(leaks.length === 0 ? {} : { detail: listed(leaks) }),
          });
          observe(rawRecords(own));
        },
      },
    ],
  };
}

/** What the WAF saw, whole, must hold the queries to be of use; so it must be for the edge's eyes alone. */
function rawRecords(logs: readonly EdgeLogSearch[]) {
  const open = logs.filter((log) => log.raw && log.open);
  return {
    name: 'raw records of the WAF that others can read',
    value: open.length,
    unit: 'files',
    is: 0,
    ...(open.length === 0 ? {} : { detail: open.map(({ log }) => log).join(', ') }),
  };
}

async function shows(edgeControl: EdgeControl, logs: Logs, text: string): Promise<boolean> {
  const own = (await edgeControl.searchLogs(text)).some(({ raw, lines }) => !raw && lines.length > 0);
  return own && (await logs.find(text)).length > 0;
}

interface Canaries {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
}

/** Names under which credentials travel in queries: tickets, signed links, tokens to reset a password (RFC 6750 §2.3). */
const QUERY_NAMES = ['access_token', 'token', 'ticket', 'X-Amz-Signature', 'code', 'password', 'api_key'];
const SCHEMES: Readonly<Record<string, string>> = { authorization: 'Bearer ', 'proxy-authorization': 'Basic ' };

/** Each says what it was sent in: `authorization-0123456789abcdef`. A header of answers is never sent. */
function canaries(mark: string, { headers, queries }: Params): Canaries {
  const sent = headers.filter((name) => name !== 'set-cookie');
  return {
    headers: Object.fromEntries(sent.map((name) => [name, headerOf(name, `${name}-${mark}`)])),
    query: queries ? QUERY_NAMES.map((name) => `${name}=${name}-${mark}`).join('&') : '',
  };
}

function headerOf(name: string, canary: string): string {
  if (name === 'cookie') return `session=${canary}; theme=dark`;
  return name === 'sec-websocket-protocol' ? `v1, ticket.${canary}` : `${SCHEMES[name] ?? ''}${canary}`;
}

/** Only the request without an end waits for as long. */
const ANSWER_MS = 8000;

/** Requests that are served, refused by the service, by the WAF, by a limit, by nobody, and that never end. */
async function sendTo(edge: Edge, path: CanaryPath, { headers, query }: Canaries): Promise<number> {
  const host = hostOf(edge, path.service, path);
  const to = concretePath(path);
  const withQuery = (more: string): string => `${to}?${[query, more].filter(Boolean).join('&')}`;
  const bytes: readonly string[] = [
    requestBytes(edge, host, withQuery(''), { ...headers, Connection: 'close' }),
    requestBytes(edge, host, withQuery(''), { ...headers, ...UPGRADE }),
    requestBytes(edge, host, withQuery("q=1'%20OR%20'1'='1'--"), { ...headers, Connection: 'close' }),
    requestBytes(edge, host, withQuery(`q=${'a'.repeat(70_000)}`), { ...headers, Connection: 'close' }),
    requestBytes(
      edge,
      host,
      withQuery(''),
      { ...headers, Connection: 'close', 'Content-Length': '99999999999' },
      'POST',
    ),
    requestBytes(edge, host, `${NOWHERE}?${query}`, { ...headers, Connection: 'close' }),
    // Without its end: the client goes away in the middle of the head.
    requestBytes(edge, host, withQuery(''), headers).slice(0, -2),
  ];
  await Promise.all(bytes.map((one) => edge.raw(host, [one], { timeoutMs: ANSWER_MS, until: END_OF_HEAD })));
  return bytes.length;
}

/** The name that the canary carries, never the line that it was found in. */
function canaryIn(line: string, mark: string): string {
  return new RegExp(`([\\w-]*)-${mark}`).exec(line)?.[1] ?? 'a piece of one';
}

function listed(leaks: readonly { readonly log: string; readonly canary: string }[]): string {
  const words = [...new Set(leaks.map(({ log, canary }) => `${canary} in ${log}`))];
  return words.length > 5 ? `${words.slice(0, 5).join(', ')} and ${words.length - 5} more` : words.join(', ');
}
