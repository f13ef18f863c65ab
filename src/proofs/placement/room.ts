import type { NonEmpty, Step } from '../../model/result.ts';
import { moot, no, pods, unknown, yes, type Verdict } from '../disruption/verdict.ts';
import { domainsOf, of } from './bounds.ts';
import type { Bond, PlacementInput, Spread } from './types.ts';

const ROOM = 'the other nodes have the CPU and memory that it asks for';

/**
 * Whether an evicted pod finds a place while its node is cordoned and before it is replaced, with the pool at its
 * largest. Only rules are judged; that CPU and memory suffice is assumed, and said.
 */
export function drainRoom(input: PlacementInput): Verdict {
  const apart = of(input.rules.apart, 'node')[0];
  const spread = of(input.rules.spread, 'node').find((one) => countsFromNothing(input, one));
  return (
    (apart === undefined ? undefined : apartRoom(input, apart)) ??
    (spread === undefined ? undefined : spreadRoom(input, spread)) ??
    volumeRoom(input) ??
    yes('no rule keeps an evicted pod from another node', { replicas: input.replicas }, [ROOM])
  );
}

/** With a node cordoned the minimum is 0: it stays an empty domain, or leaves fewer domains than `minDomains`. */
function countsFromNothing({ nodes }: PlacementInput, { taintsHonored, minDomains = 1 }: Spread): boolean {
  return !taintsHonored || (nodes.max ?? nodes.min) - 1 < minDomains;
}

/** Pods that exclude each other by node need one node more than there are pods. */
function apartRoom({ id, replicas, nodes }: PlacementInput, { origin }: Bond): Verdict | undefined {
  if (nodes.max === undefined)
    return unknown(`${id} wants a node for each of its ${pods(replicas)} and one to drain to: ${nodes.source}`);
  if (nodes.max > replicas) return undefined;
  return no(
    'no-room',
    `the ${pods(replicas)} of ${id} exclude each other from a node, and there are at most ${nodes.max} (${nodes.source}): an evicted pod finds none`,
    evicted(`every one of the ${nodes.max} nodes holds a pod of ${id}`, 'anti-affinity leaves no node'),
    origin,
  );
}

/**
 * A cordoned node stays a domain, empty, so that the minimum is 0, unless `nodeTaintsPolicy: Honor` leaves it out
 * (`matchNodeInclusionPolicies` of kube-scheduler's podtopologyspread/common.go): the others take pods up to `maxSkew`.
 */
function spreadRoom({ id, replicas, nodes }: PlacementInput, spread: Spread): Verdict | undefined {
  if (spread.others !== undefined) return undefined;
  if (nodes.max === undefined)
    return unknown(
      `whether a pod of ${id} finds a node under its spread while another is cordoned depends on the number of nodes: ${nodes.source}`,
    );
  const places = (nodes.max - 1) * spread.maxSkew;
  if (replicas <= places) return undefined;
  return no(
    'no-room',
    spread.taintsHonored
      ? `while a node is cordoned there are fewer than the minDomains of ${id}, so that ${nodes.max - 1} nodes take ${places} of ${pods(replicas)}`
      : `while a node is cordoned it still counts as an empty one for the spread of ${id}, so that ${nodes.max - 1} nodes take ${places} of ${pods(replicas)}`,
    evicted(
      spread.taintsHonored
        ? `${nodes.max - 1} domains are left, minDomains ${spread.minDomains ?? 1}: the minimum counts as 0`
        : 'the cordoned node counts as a domain with no pods (nodeTaintsPolicy: Ignore)',
      `one pod more anywhere is above maxSkew ${spread.maxSkew}`,
    ),
    spread.origin,
  );
}

/** A pod whose volume lies in a zone needs another node there. */
function volumeRoom({ id, volumes, zones, nodes }: PlacementInput): Verdict | undefined {
  if (volumes.kind !== 'zone' || nodes.max === undefined || zones.max === undefined) return undefined;
  if (nodes.max > zones.max) return undefined;
  return no(
    'no-room',
    `the pods of ${id} are bound to the zones of their volumes, and ${nodes.max} nodes in ${zones.max} zones leave no second one in a zone: an evicted pod waits for its node to return`,
    evicted(volumes.because, 'no other node in the zone of its volume'),
  );
}

function evicted(before: string, why: string): NonEmpty<Step> {
  return [
    { action: 'a node is cordoned and drained', state: before },
    { action: 'its pod is evicted and made anew', state: `Pending: ${why}` },
  ];
}

/** A rollout that surges needs a place for a pod beside all the old ones. */
export function rolloutRoom(input: PlacementInput): Verdict {
  const { id, replicas, surges } = input;
  if (!surges) return moot(`rollouts of ${id} take a pod away before they add one`);
  const bonds = input.rules.apart.filter(({ perVersion }) => !perVersion);
  for (const bond of bonds) {
    const { max, source } = domainsOf(input, bond.topology);
    if (max === undefined) return unknown(`a rollout of ${id} needs a ${bond.topology} beyond its pods: ${source}`);
    if (max > replicas) continue;
    return no(
      'no-room',
      `a rollout of ${id} adds a pod before it takes one away, and all ${max} ${bond.topology}s (${source}) hold one that excludes it`,
      [
        {
          action: 'a new version is applied',
          state: `${pods(replicas)} of the old version, one in each ${bond.topology}`,
        },
        { action: 'a pod of the new version is made', state: 'Pending: anti-affinity counts the old version as well' },
        { action: 'the rollout waits for it to become ready', state: 'nothing moves, the progress deadline passes' },
      ],
      bond.origin,
    );
  }
  return yes('no rule keeps a surging pod out', { replicas }, [ROOM]);
}

/** Whether the pods of a lost zone come back elsewhere before it does. */
export function recovery(input: PlacementInput): Verdict {
  const { id, zones, rules, volumes } = input;
  if (volumes.kind === 'zone') return no('no-room', volumes.because, evicted('the zone is lost', volumes.because));
  const strict = of(rules.spread, 'zone')[0];
  if (strict === undefined) return yes('the remaining zones take its pods', {}, [ROOM]);
  const after = zones.max === undefined ? undefined : zones.max - 1;
  const { minDomains = 1, taintsHonored, maxSkew } = strict;
  if (after === undefined) return unknown(zones.source);
  if (after < minDomains || !taintsHonored)
    return after * maxSkew >= input.replicas
      ? yes('the remaining zones take its pods', {}, [ROOM])
      : no(
          'no-room',
          `${after} zones take at most ${after * maxSkew} of the ${pods(input.replicas)} of ${id} ${after < minDomains ? `while minDomains is ${minDomains}` : 'until the nodes of the lost zone are deleted'}`,
          evicted('a zone is lost', `one pod more is above maxSkew ${maxSkew}`),
          strict.origin,
        );
  return yes('the remaining zones take its pods', {}, [ROOM]);
}
