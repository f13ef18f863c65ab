/**
 * How many pods a store that votes needs where the spec does not say. Below three voters there is no majority that outlives the loss of one,
 * which is what `data-failover` says; here such a store needs a single pod, as any other does.
 */
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { Cursor } from '../../../model/cursor.ts';

const LEAST = 3;

/** What is left when as many of `pods` go as may go without costing the voters among them their majority. */
function keeping(pods: number, voters: number): number {
  return voters < LEAST ? 1 : pods - Math.floor((voters - 1) / 2);
}

/** Every pod votes. */
export function majorityOf(pods: number): number {
  return keeping(pods, pods);
}

/** Controllers vote, and a partition takes writes while as many replicas of it are in sync as `min.insync.replicas` wants. */
export function quorumOfKafka(pods: number, pools: readonly KubeObject[], config: Cursor): number {
  const controllers = pools
    .map((pool) => cursor(pool).get('spec'))
    .filter((spec) => spec.get('roles').strings().includes('controller'))
    .reduce((sum, spec) => sum + (spec.get('replicas').integer() ?? 0), 0);
  const copies = Number(config.get('default.replication.factor').value ?? 0);
  const inSync = Number(config.get('min.insync.replicas').value ?? 1);
  const spare = copies - inSync;
  const written = inSync > 1 && spare > 0 && pods > spare ? pods - spare : 1;
  return Math.max(keeping(pods, controllers), written);
}

/** Nodes that may become master vote: those whose roles say so, and those that name no roles. */
export function quorumOfElastic(pods: number, nodeSets: readonly Cursor[]): number {
  const masters = nodeSets.filter(mayLead).reduce((sum, set) => sum + (set.get('count').integer() ?? 1), 0);
  return keeping(pods, masters);
}

function mayLead(set: Cursor): boolean {
  const config = set.get('config');
  const roles = [config.get('node.roles'), config.get('node', 'roles')].find(({ exists }) => exists);
  if (roles !== undefined) return roles.strings().includes('master');
  return [config.get('node.master'), config.get('node', 'master')].every((at) => at.boolean() !== false);
}

/** Arbiters vote as well, from pods of their own. Who is away still counts as a voter. */
export function quorumOfReplicaSet(set: Cursor, members: number): number {
  const arbiter = set.get('arbiter');
  const arbiters = arbiter.get('enabled').boolean() === true ? (arbiter.get('size').integer() ?? 1) : 0;
  const voters = members + arbiters;
  return voters < LEAST ? 1 : Math.max(1, Math.floor(voters / 2) + 1 - arbiters);
}
