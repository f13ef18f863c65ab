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
import type { EdgeAnswer } from '../../model/drill/edge.ts';
import {
  askRoute,
  concretePath,
  edgeAnswers,
  hostOf,
  isEdgesOwn,
  NOWHERE,
  type DeclaredRoute,
} from '../../proofs/edge/drill.ts';
import type { Params } from './check.ts';
import { undeclared } from './drill-undeclared.ts';
import { isSamePage } from './hosts.ts';
import type { EdgeRoutes, PublicSurface, ServiceRoutes } from './query.ts';
import { isEverything } from './undeclared.ts';

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

function declaredRoutes({ id, name, input, params }: Subject<ServiceRoutes>): Rehearsal<Needs> {
  return {
    name: `the declared routes of ${name}`,
    subjects: [id],
    hypothesis: [edgeAnswers(name)],
    method: input.routes.map(({ declared }) => {
      const takesAll = input.routes.some(
        (one) => one.declared.host === declared.host && isEverything(one.declared.path),
      );
      return routeStep(name, declared, takesAll, params);
    }),
  };
}

function routeStep(service: string, route: DeclaredRoute, takesAll: boolean, params: Params): Step<Needs> {
  const path = concretePath(route);
  return {
    name: `ask ${route.path} with and without credentials`,
    kind: 'measure',
    timeoutMs: MINUTES_MS,
    async run({ target: { edge, people }, observe }) {
      const ask = (credentials: Record<string, string>) => askRoute(edge, service, route, path, credentials);
      const [nowhere, known, ...strangers] = await Promise.all([
        edge.ask(hostOf(edge, service, route), NOWHERE),
        credentialsFor(route, people, params).then(ask),
        ...forgeries(route, params).map(async ([who, credentials]) => ({ who, ...(await ask(credentials)) })),
      ]);
      if (isUnheard(route, known, params))
        throw new CannotTell(
          `${route.path} answers 400 to a handshake with a token in its headers: say in the param "subprotocols" how it takes one`,
        );
      const alike = !takesAll && isSamePage(known, nowhere);
      const reached = !isEdgesOwn(known, nowhere) && known.status < 500 && !alike;
      demandSample(route, strangers, known, nowhere);
      observe({
        name: `${route.path} is answered by its service`,
        value: reached ? 1 : 0,
        unit: 'yes or no',
        is: 1,
        detail: `status ${known.status} for ${path}${alike ? ', with the page that answers whatever is asked' : ''}`,
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
function forgeries(
  route: DeclaredRoute,
  params: Params,
): readonly (readonly [who: string, headers: Record<string, string>])[] {
  switch (route.auth) {
    case 'jwt':
      return [
        ['nobody', {}],
        ['a forged token', withToken(route, FORGED, params)],
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
  route: DeclaredRoute,
  { token, names }: { token(user: string): Promise<string>; readonly names: { readonly customer: string } },
  params: Params,
): Promise<Record<string, string>> {
  return route.auth === 'jwt' ? withToken(route, await token(names.customer), params) : {};
}

/** A page can set no header on a WebSocket, so some take the token as a subprotocol, each in its own words. */
function withToken({ path }: DeclaredRoute, token: string, { subprotocols }: Params): Record<string, string> {
  const offered = subprotocols[path]?.replaceAll('{token}', token);
  return offered === undefined ? { authorization: `Bearer ${token}` } : { 'sec-websocket-protocol': offered };
}

/** Whether a customer may only have been misunderstood. */
function isUnheard(
  { path, protocol, auth }: DeclaredRoute,
  { status }: Pick<EdgeAnswer, 'status'>,
  { subprotocols }: Params,
): boolean {
  return protocol === 'websocket' && auth === 'jwt' && status === 400 && subprotocols[path] === undefined;
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
