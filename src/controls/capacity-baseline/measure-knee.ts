/** The rate at which a service's objectives stop to hold, against its declared peak with headroom; and the same without its cache. */
import { CannotTell } from '../../model/drill/drill.ts';
import type { LoadRequest } from '../../model/drill/load.ts';
import type { Spec } from '../../model/spec.ts';
import { show } from '../../proofs/capacity/figure.ts';
import { concretePath, hostOf } from '../../proofs/edge/drill.ts';
import { answeredRequests, askedRoutes } from '../../proofs/release/drill.ts';
import { replicasHere, wantedHere, type Loaded, type Subject, type Wishes } from './loaded.ts';
import { carry, findKnee, quantileOf, shortOf, type Context, type Held, type Knee, type Ramp } from './ramp.ts';
import { lackOfMachine } from './watch.ts';

/** Far below the rates of a second that services and edges allow a customer or an address. */
const OF_ONE_CUSTOMER = 20;
const FIRST = 0.5;
const GROWTH = 1.5;

export async function measureKnee(
  context: Context,
  subject: Subject,
  layer: Loaded,
  wishes: Wishes,
  spec: Spec,
): Promise<void> {
  const { id } = subject;
  const { here, most } = replicasHere(context, layer);
  if (here === 0) throw new CannotTell(`the target runs no replica of ${layer.service}`);
  const wanted = wantedHere(subject, layer.part.peak, { here, most });
  const rates = [FIRST, 1, ...Array.from({ length: wishes.steps }, (_, step) => GROWTH ** (step + 1))].map(
    (factor) => factor * wanted,
  );
  const ramp = await prepare(context, subject, layer, rates, wishes, spec);
  const knee = await findKnee(context, ramp);
  context.keep(`steps of ${layer.service}`, knee.steps.map(asData));
  if (knee.rate < wanted) demandOwnFault(knee, wanted);
  context.observe({
    name: `knee of ${layer.service}`,
    value: knee.rate,
    unit: 'requests/s',
    atLeast: wanted,
    ...(layer.part.perReplica === undefined ? {} : { predicted: layer.part.perReplica * here }),
    subject: id,
    detail: `${here} replicas of ${most}; ${reasonOf(knee)}`,
  });
  judgeBottleneck(context, subject, knee);
  judgeTail(context, subject, layer, knee);
  await withoutCache(context, subject, layer, ramp, Math.min(wanted, knee.rate));
}

/** What is the drill's own, or its machine's, says nothing of the target. */
function demandOwnFault({ rate, full }: Knee, wanted: number): void {
  if (full?.kind === 'generator' || full?.kind === 'machine')
    throw new CannotTell(
      `more than ${rate.toFixed(0)} requests/s cannot be tried here, and ${wanted.toFixed(0)} are asked for: what is used up is ${full.what}`,
    );
}

function reasonOf({ steps, full }: Knee): string {
  const last = steps.at(-1);
  if (full === undefined) return 'more was not tried';
  return `at ${last?.rate.toFixed(0)} requests/s ${last?.short}; used up is ${full.what}`;
}

/** Somebody must own what gives way first, or nobody will widen it. */
function judgeBottleneck({ observe }: Context, { id, input }: Subject, { full }: Knee): void {
  if (full?.kind !== 'layer') return;
  const owner = input.layers.find((layer) => layer.id === full.layer)?.owner;
  observe({
    name: 'owners of what saturates first',
    value: owner === undefined ? 0 : 1,
    unit: 'owners',
    atLeast: 1,
    subject: id,
    detail: `${full.what}${owner === undefined ? '' : `, owned by ${owner}`}`,
  });
}

function judgeTail(
  { observe }: Context,
  { id }: Subject,
  { service, objectives }: Loaded,
  { rate, steps }: Knee,
): void {
  const held = steps.find((step) => step.rate === rate && step.short === '');
  if (held === undefined || objectives?.latency === undefined) return;
  const { name, ms } = quantileOf(held.report, objectives.latency.percent);
  observe({
    name: `${name} of ${service} at its knee`,
    value: ms,
    unit: 'ms',
    atMost: objectives.latency.seconds * 1000,
    subject: id,
  });
}

async function withoutCache(
  context: Context,
  { id, input }: Subject,
  layer: Loaded,
  ramp: Ramp,
  rate: number,
): Promise<void> {
  // What is not carried with the cache says nothing of the cache.
  if (rate === 0) return;
  const { parts } = context.target;
  const caches = input.layers.filter(({ kind, ephemeral }) => kind === 'redis' && ephemeral);
  const servers = caches.flatMap((cache) => serversOf(context, cache.id));
  const [server] = servers;
  if (server === undefined) return;
  await parts.kill(server);
  const held = await carry(context, ramp, rate);
  await parts.start(server);
  if (held.report.saturated) throw new CannotTell('the load generator was the bottleneck');
  context.keep(`${layer.service} without its cache`, asData(held));
  const { name, ms } = quantileOf(held.report, ramp.objectives.latency?.percent ?? 99);
  context.observe({
    name: `${name} of ${layer.service} without its cache`,
    value: ms,
    unit: 'ms',
    subject: id,
    detail: `at ${rate.toFixed(0)} requests/s${held.short === '' ? '' : `; ${held.short}`}`,
  });
  // A cold cache costs time, and no answer.
  const { availability } = ramp.objectives;
  const failed = shortOf(held.report, availability === undefined ? {} : { availability });
  const lack = lackOfMachine(held.watched);
  if (failed !== '' && lack !== undefined)
    throw new CannotTell(`without its cache ${failed} of ${layer.service}; what is used up is ${lack}`);
  context.observe({
    name: `${layer.service} answers without its cache`,
    value: failed === '' ? 1 : 0,
    unit: 'yes',
    is: 1,
    subject: id,
    ...(failed === '' ? {} : { detail: failed }),
  });
}

function serversOf({ target: { parts } }: Context, id: string): readonly string[] {
  try {
    return parts.serversOf(id.slice(id.indexOf('/') + 1));
  } catch (error) {
    if (error instanceof CannotTell) return [];
    throw error;
  }
}

async function prepare(
  context: Context,
  { params, input }: Subject,
  { service, objectives = {} }: Loaded,
  rates: readonly number[],
  { seconds }: Wishes,
  spec: Spec,
): Promise<Ramp> {
  const { edge, people, load, parts } = context.target;
  const customers = Math.ceil(Math.max(...rates) / OF_ONE_CUSTOMER);
  const tokens = await people.crowd(customers);
  const declared = spec.services.find(({ name }) => name === service)!;
  const routes = askedRoutes(declared).filter(({ auth }) => auth === 'jwt');
  const paths = [
    ...routes.map((route) => ({ host: hostOf(edge, service, route), path: concretePath(route) })),
    ...params.asks
      .filter((ask) => ask.service === service)
      .map(({ path }) => ({ host: hostOf(edge, service, routes[0]!), path })),
  ];
  const requestsOf = (token: string): LoadRequest[] =>
    paths.map((one) => ({ ...one, headers: { accept: '*/*', authorization: `Bearer ${token}` } }));
  const placeOf = ({ host, path }: LoadRequest): string => host + path;
  const answered = new Set((await answeredRequests(edge, requestsOf(tokens[0] ?? ''))).map(placeOf));
  const requests = tokens.flatMap(requestsOf).filter((request) => answered.has(placeOf(request)));
  const layers = new Map(
    input.layers.flatMap((layer) => {
      const [kind, name = ''] = layer.id.split('/');
      const names = kind === 'service' ? parts.replicas(name) : serversOf(context, layer.id);
      return names.length === 0 ? [] : [[layer.id, names] as const];
    }),
  );
  const ramp = {
    requests,
    rates,
    seconds,
    from: load.addresses(customers),
    objectives,
    layers,
  };
  context.say(`${customers} customers, ${show(Math.max(...rates))} requests/s at the most`);
  // Programs are slow at first, and customers are strangers once.
  await carry(context, { ...ramp, seconds: Math.max(seconds, requests.length / rates[0]!) }, rates[0]!);
  return ramp;
}

function asData({ rate, report, watched, short }: Held): object {
  const { machine, others, processors, pools } = watched;
  return {
    rate,
    short,
    report,
    machine,
    others,
    processors: Object.fromEntries(processors),
    pools: Object.fromEntries([...pools].map(([layer, own]) => [layer, Object.fromEntries(own)])),
  };
}
