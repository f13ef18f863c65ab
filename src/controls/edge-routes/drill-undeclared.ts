/** Asks every public host for what nobody declared, and the edge for hosts that nobody declared. */
import { CannotTell, type DrillSubject, type Rehearsal, type Step } from '../../model/drill/drill.ts';
import type { Edge } from '../../model/drill/edge.ts';
import { eachOf, edgeAnswers, hostOf, isEdgesOwn, NOWHERE } from '../../proofs/edge/drill.ts';
import type { Params } from './check.ts';
import { undeclaredHosts } from './hosts.ts';
import type { PublicSurface, ServiceRoutes } from './query.ts';
import { isEverything, undeclaredPaths } from './undeclared.ts';

type Needs = 'edge' | 'people';
type Subject<I> = DrillSubject<I, Params>;

const MINUTES_MS = 120_000;

export function undeclared(
  { id, params }: Subject<PublicSurface>,
  services: readonly Subject<ServiceRoutes>[],
  also: readonly string[],
): Rehearsal<Needs> {
  const [first] = services;
  if (first === undefined)
    return { name: 'what nobody declared', subjects: [id], hypothesis: [], method: [cannot('no service is public')] };
  const all = services.flatMap(({ name, input }) => input.routes.map(({ declared }) => ({ name, declared })));
  return {
    name: 'what nobody declared',
    subjects: [id],
    hypothesis: [edgeAnswers(first.name)],
    method: [
      {
        name: 'ask every public host for what nobody declared, as an administrator',
        kind: 'measure',
        timeoutMs: MINUTES_MS,
        async run({ target: { edge, people }, observe, keep }) {
          const hosts = Map.groupBy(all, ({ name, declared }) => hostOf(edge, name, declared));
          const token = await people.token(people.names.admin);
          const answers = [];
          for (const [host, routes] of hosts) {
            const declared = routes.map((route) => route.declared.path);
            // All of such a host is declared.
            if (routes.some((route) => isEverything(route.declared.path))) continue;
            const names = services.map(({ name }) => name);
            const paths = undeclaredPaths({ declared, services: names, ignored: params.ignoredPaths });
            answers.push(...(await answersOf(edge, host, [...paths, ...also], token)));
          }
          keep('undeclared paths', answers);
          const open = answers.filter(({ own }) => !own);
          if (answers.length === 0) throw new CannotTell('every public host declares all of its paths');
          observe({ name: 'undeclared paths asked', value: answers.length, unit: 'paths', atLeast: 1 });
          observe({
            name: 'undeclared paths that are answered',
            value: open.length,
            unit: 'paths',
            is: 0,
            ...(open.length === 0 ? {} : { detail: listed(open) }),
          });
        },
      },
      {
        name: 'ask for hosts that nobody declared',
        kind: 'measure',
        timeoutMs: MINUTES_MS,
        async run({ target: { edge }, observe }) {
          const known = [...new Set(all.map(({ name, declared }) => hostOf(edge, name, declared)))];
          const { asked, served } = await undeclaredHosts(edge, known);
          observe({ name: 'undeclared hosts asked for', value: asked.length, unit: 'hosts', atLeast: 1 });
          observe({
            name: 'undeclared hosts that are served',
            value: served.length,
            unit: 'hosts',
            is: 0,
            ...(served.length === 0 ? {} : { detail: served.join(', ') }),
          });
        },
      },
    ],
  };
}

const AT_ONCE = 8;
interface Asked {
  readonly url: string;
  readonly status: number;
  /** The edge itself refused it. */
  readonly own: boolean;
}

async function answersOf(edge: Edge, host: string, paths: readonly string[], token: string): Promise<Asked[]> {
  const nowhere = await edge.ask(host, NOWHERE, { token });
  if (nowhere.status !== 404) return [{ url: `${host}${NOWHERE}`, status: nowhere.status, own: false }];
  return eachOf(paths, AT_ONCE, async (path) => {
    const answer = await edge.ask(host, path, { token, headers: { accept: '*/*' } });
    return { url: `${host}${path}`, status: answer.status, own: isEdgesOwn(answer, nowhere) };
  });
}

function listed(open: readonly Asked[]): string {
  const shown = open.slice(0, 5).map(({ url, status }) => `${url} ${status}`);
  return open.length > 5 ? `${shown.join(', ')} and ${open.length - 5} more` : shown.join(', ');
}

function cannot(because: string): Step<Needs> {
  return {
    name: 'ask for what nobody declared',
    kind: 'measure',
    timeoutMs: 1000,
    run: () => Promise.reject(new CannotTell(because)),
  };
}
