/** Asks the edge from outside: what is declared answers, and only those who may; what is not declared is answered by nobody. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
  type Step,
} from '../../model/drill/drill.ts';
import type { Edge, EdgeAnswer } from '../../model/drill/edge.ts';
import {
  askRoute,
  concretePath,
  eachOf,
  edgeAnswers,
  hostOf,
  isEdgesOwn,
  NOWHERE,
  type DeclaredRoute,
} from '../../proofs/edge/drill.ts';
import type { Params } from './check.ts';
import type { EdgeRoutes, PublicSurface, ServiceRoutes } from './query.ts';
import { undeclaredPaths } from './undeclared.ts';

const MINUTES_MS = 120_000;
const parameters = z.object({
  also: z
    .array(z.string().startsWith('/'))
    .default([])
    .describe('More paths that must not answer, separated by commas'),
});

type Needs = 'edge' | 'people';
type Subject<I> = DrillSubject<I, Params>;

export const drill = defineDrill({
  summary: 'Every declared route is asked with and without credentials, and each public host for what nobody declared.',
  blastRadius: 'A hundred or two requests to the public edge, each refused or a read; nobody notices.',
  needs: ['edge', 'people'],
  parameters,
  plan(input: DrillInput<EdgeRoutes, Params, z.infer<typeof parameters>>) {
    const services = input.subjects.filter(
      (subject): subject is Subject<ServiceRoutes> => subject.input.about === 'service',
    );
    const places = input.subjects.filter(
      (subject): subject is Subject<PublicSurface> => subject.input.about === 'environment',
    );
    return {
      runs: [
        ...services.map(declaredRoutes),
        ...places.map((place) => undeclared(place, services, input.parameters.also)),
      ],
    };
  },
});

function declaredRoutes({ id, name, input }: Subject<ServiceRoutes>): Rehearsal<Needs> {
  return {
    name: `the declared routes of ${name}`,
    subjects: [id],
    hypothesis: [edgeAnswers(name)],
    method: input.routes.map(({ declared }) => routeStep(name, declared)),
  };
}

function routeStep(service: string, route: DeclaredRoute): Step<Needs> {
  const path = concretePath(route);
  return {
    name: `ask ${route.path} with and without credentials`,
    kind: 'measure',
    timeoutMs: MINUTES_MS,
    async run({ target: { edge, people }, observe }) {
      const ask = (credentials: Record<string, string>) => askRoute(edge, service, route, path, credentials);
      const [nowhere, known, ...strangers] = await Promise.all([
        edge.ask(hostOf(edge, service, route), NOWHERE),
        credentialsFor(route, people).then(ask),
        ...forgeries(route).map(async ([who, credentials]) => ({ who, ...(await ask(credentials)) })),
      ]);
      const reached = !isEdgesOwn(known, nowhere) && known.status < 500;
      demandSample(route, strangers, known, nowhere);
      observe({
        name: `${route.path} is answered by its service`,
        value: reached ? 1 : 0,
        unit: 'yes or no',
        is: 1,
        detail: `status ${known.status} for ${path}`,
      });
      for (const { who, status } of strangers)
        observe({
          name: `${route.path} lets in ${who}`,
          value: REFUSED.includes(status) ? 0 : 1,
          unit: 'yes or no',
          is: 0,
          detail: `status ${status}`,
        });
      if (route.auth === 'jwt')
        observe({
          name: `${route.path} lets in a customer`,
          value: known.status < 400 ? 1 : 0,
          unit: 'yes or no',
          is: 1,
          detail: `status ${known.status}`,
        });
    },
  };
}

/** Statuses by which a service says that it does not know the caller; an upgrade without its ticket is no valid one at all. */
const REFUSED = [400, 401, 403];
const FORGED = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.';

/** Callers who may not come in, by how the route knows its callers. Pages with a login of their own let everybody see that login. */
function forgeries({ auth }: DeclaredRoute): readonly (readonly [who: string, headers: Record<string, string>])[] {
  switch (auth) {
    case 'jwt':
      return [
        ['nobody', {}],
        ['a forged token', { authorization: `Bearer ${FORGED}` }],
      ];
    case 'ticket':
      return [
        ['nobody', {}],
        ['a forged ticket', { 'sec-websocket-protocol': `ticket.${FORGED}` }],
      ];
    case 'signature':
      return [
        ['an unsigned message', {}],
        ['a forged signature', { 'stripe-signature': `t=1,v1=${'0'.repeat(64)}`, 'x-signature': '0'.repeat(64) }],
      ];
    case 'mtls':
      return [['nobody', {}]];
    default:
      return [];
  }
}

async function credentialsFor(
  { auth }: DeclaredRoute,
  { token, names }: { token(user: string): Promise<string>; readonly names: { readonly customer: string } },
): Promise<Record<string, string>> {
  return auth === 'jwt' ? { authorization: `Bearer ${await token(names.customer)}` } : {};
}

/** Below a prefix the drill does not know what exists; where nothing does, nothing was asked. */
function demandSample(
  { path, sample }: DeclaredRoute,
  strangers: readonly Pick<EdgeAnswer, 'status'>[],
  known: Pick<EdgeAnswer, 'status' | 'text'>,
  nowhere: EdgeAnswer,
): void {
  if (!path.endsWith('*') || sample !== undefined || isEdgesOwn(known, nowhere)) return;
  if ([known, ...strangers].every(({ status }) => status === 404))
    throw new CannotTell(`the service answers 404 below ${path}: say a path that it has as "sample" of the route`);
}

function undeclared(
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
            if (declared.includes('/') || declared.includes('/*')) continue;
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
          const hosts = ['launchgate-drill.invalid', ...PRIVATE_NAMES.map((name) => edge.hostFor(`${name}.invalid`))];
          const answered = [];
          for (const host of hosts) if (await servesHost(edge, host)) answered.push(host);
          observe({
            name: 'undeclared hosts that are served',
            value: answered.length,
            unit: 'hosts',
            is: 0,
            ...(answered.length === 0 ? {} : { detail: answered.join(', ') }),
          });
        },
      },
    ],
  };
}

const AT_ONCE = 8;
/** Names under which platforms keep what is theirs alone. */
const PRIVATE_NAMES = ['grafana', 'prometheus', 'alertmanager', 'argocd', 'admin', 'internal', 'vault'];

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

/** A handshake that is refused, no answer, or one that misdirects is no service. */
async function servesHost(edge: Edge, host: string): Promise<boolean> {
  try {
    const { status } = await edge.ask(host, '/');
    return status !== 404 && status !== 421;
  } catch {
    return false;
  }
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
