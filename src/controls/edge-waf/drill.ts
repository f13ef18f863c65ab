/** Sends attacks and ordinary requests past the live WAF and counts what it says of each, while it watches and while it blocks. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
  type Step,
} from '../../model/drill/drill.ts';
import type { WafSetting } from '../../model/drill/edge-control.ts';
import type { Edge } from '../../model/drill/edge.ts';
import { concretePath, eachOf, edgeAnswers, hostOf, isEdgesOwn, NOWHERE } from '../../proofs/edge/drill.ts';
import type { Params } from './check.ts';
import { attacks } from './corpus/attacks.ts';
import { benign } from './corpus/benign.ts';
import { held, leastDetection, type Held } from './held.ts';
import { judge, send } from './judge.ts';
import { observeGiven, observeOther, observeOwn } from './observe.ts';
import type { DrilledRoute, EdgeWaf } from './query.ts';
import { summary } from './tally.ts';

const parameters = z.object({
  corpus: z
    .string()
    .default('')
    .describe('A folder with regression tests of the Core Rule Set (*.yaml) or texts (*.txt), sent as well'),
  levels: z
    .array(z.enum(['1', '2', '3', '4']))
    .default([])
    .describe('Paranoia levels to measure besides the declared one, each for information: 2,3,4'),
});

type Needs = 'edge' | 'edgeControl';
type Level = WafSetting['paranoia'];
type Subject = DrillSubject<EdgeWaf, Params>;

const FORBIDDEN = 403;
const SEND_MS = 240_000;
const AT_ONCE = 6;

export const drill = defineDrill({
  summary:
    'Several hundred attacks and as many ordinary requests are sent past the WAF, which watches first and then does what the spec says.',
  blastRadius:
    'The edge loads its configuration a few times; while it watches, attacks reach the service, without credentials. Rate limits are off.',
  needs: ['edge', 'edgeControl'],
  parameters,
  plan({ subjects, parameters: { corpus, levels } }: DrillInput<EdgeWaf, Params, z.infer<typeof parameters>>) {
    const more = levels.map(Number) as Level[];
    return {
      runs: subjects.flatMap((subject) => rehearsal(subject, corpus, more) ?? []),
      left: subjects.flatMap(leftOut),
    };
  },
});

function leftOut({ id, input: { drilled, declared } }: Subject) {
  if (declared === undefined) return [{ subject: id, because: 'the spec declares no WAF (edge.waf)' }];
  return drilled === undefined
    ? [{ subject: id, because: 'no public route asks for credentials, so that attacks would be served' }]
    : [];
}

function rehearsal(
  { id, input, params }: Subject,
  corpus: string,
  more: readonly Level[],
): Rehearsal<Needs> | undefined {
  const { drilled, declared } = input;
  if (drilled === undefined || declared === undefined) return undefined;
  const paranoia = (declared.paranoia ?? 1) as Level;
  const wanted = held(params, paranoia);
  return {
    name: 'the WAF',
    subjects: [id],
    hypothesis: [edgeAnswers(drilled.service)],
    method: [
      modeStep(declared.mode, paranoia),
      blockStep(drilled, declared.mode, wanted),
      {
        ...watchStep(drilled, wanted, declared.falsePositiveThreshold ?? 0, paranoia, corpus),
        name: `judge attacks and ordinary requests at paranoia level ${paranoia}`,
      },
      ...more
        .filter((level) => level !== paranoia)
        .map((level) => levelStep(drilled, level, leastDetection(params, level))),
    ],
  };
}

/** What runs must be what is written. */
function modeStep(mode: WafSetting['mode'] | undefined, paranoia: number): Step<Needs> {
  return {
    name: 'ask how the WAF is set',
    kind: 'measure',
    timeoutMs: 30_000,
    async run({ target: { edgeControl }, observe }) {
      const now = await edgeControl.waf();
      observe({
        name: 'the WAF runs in the declared mode',
        value: now.mode === mode ? 1 : 0,
        unit: 'yes or no',
        is: 1,
        detail: `${now.mode}, declared is ${mode}`,
      });
      observe({ name: 'paranoia level', value: now.paranoia, unit: 'level', is: paranoia });
    },
  };
}

/** As it stands, before the drill changes anything: what clients of attackers get. */
function blockStep(route: DrilledRoute, mode: WafSetting['mode'] | undefined, wanted: Held): Step<Needs> {
  return {
    name: 'send attacks as it stands',
    kind: 'measure',
    timeoutMs: SEND_MS,
    async run({ target: { edge, edgeControl }, observe }) {
      const usual = await usualStatus(edge, route);
      await edgeControl.setRateLimits(false);
      const requests = attacks(concretePath(route)).filter((one) => wanted.classes.includes(one.class));
      const answers = await eachOf(requests, AT_ONCE, (one) => send(edge, route, one));
      const through = answers.filter(({ status, own }) => status === usual || (status < 500 && !own)).length;
      const blocked = answers.filter(({ status, own }) => status === FORBIDDEN && own).length;
      const share = (count: number) => (100 * count) / answers.length;
      observe({ name: 'attacks that were answered by the service', value: share(through), unit: '%' });
      if (mode === 'block')
        observe({
          name: 'attacks that were refused',
          value: share(blocked),
          unit: '%',
          atLeast: 100 * wanted.share,
        });
      else observe({ name: 'attacks that were refused', value: share(blocked), unit: '%', is: 0 });
    },
  };
}

function watchStep(
  route: DrilledRoute,
  wanted: Held,
  threshold: number,
  paranoia: Level,
  corpus: string,
): Omit<Step<Needs>, 'name'> {
  return {
    kind: 'act',
    timeoutMs: SEND_MS,
    async run({ target: { edge, edgeControl }, observe, keep }) {
      await edgeControl.setRateLimits(false);
      await edgeControl.setWaf({ mode: 'monitor', paranoia });
      const own = [...attacks(concretePath(route)), ...benign(concretePath(route))];
      const given = corpus === '' ? [] : await edgeControl.readCorpus(corpus);
      const judged = await judge({ edge, matches: edgeControl.wafMatches, route }, [...own, ...given]);
      const mine = judged.slice(0, own.length);
      keep(`verdicts at paranoia level ${paranoia}`, summary(judged));
      observeOwn(observe, mine, { wanted, threshold });
      if (given.length > 0) observeGiven(observe, judged.slice(own.length));
    },
  };
}

/** Other levels are for who considers one: numbers, held against nothing. */
function levelStep(route: DrilledRoute, paranoia: Level, demanded: number): Step<Needs> {
  return {
    name: `judge them at paranoia level ${paranoia}`,
    kind: 'act',
    timeoutMs: SEND_MS,
    async run({ target: { edge, edgeControl }, observe, keep }) {
      await edgeControl.setWaf({ mode: 'monitor', paranoia });
      const path = concretePath(route);
      const judged = await judge({ edge, matches: edgeControl.wafMatches, route }, [...attacks(path), ...benign(path)]);
      keep(`verdicts at paranoia level ${paranoia}`, summary(judged));
      observeOther(observe, judged, paranoia, demanded);
    },
  };
}

/** Without credentials a service refuses whatever is asked; so attacks that get through do nothing, and its 401 is told from the WAF's 403. */
async function usualStatus(edge: Edge, route: DrilledRoute): Promise<number> {
  const host = hostOf(edge, route.service, route);
  const [usual, nowhere] = [
    await edge.ask(host, concretePath(route), { headers: { accept: '*/*' } }),
    await edge.ask(host, NOWHERE),
  ];
  if (usual.status !== 401 || isEdgesOwn(usual, nowhere))
    throw new CannotTell(
      `${host}${concretePath(route)} answers ${usual.status} without credentials, not 401: attacks would be served`,
    );
  return usual.status;
}
