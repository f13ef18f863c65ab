import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namespaces, Network, sweep, type Reached, type Trial } from '../src/adapters/netns/index.ts';
import { compileNftables, rulesetText, type Ruleset } from '../src/proofs/reachability/nftables/index.ts';
import { needs, needsRoot } from './need.ts';
import { packetWorld, proven, type PacketWorld } from './packets/world.ts';

/** Real packets against the proof: every connection of a small platform is tried, and must get through just where it is proven to. */
const able = [needsRoot(), needs('ip'), needs('nft')].every(Boolean);

describe.runIf(able)('the kernel, told the policies,', () => {
  let world: PacketWorld;
  let network: Network;
  let ruleset: Ruleset;

  beforeAll(async () => {
    world = await packetWorld(fileURLToPath(new URL('packets', import.meta.url)));
    ruleset = compileNftables(world.reach.input, world.pods);
    network = await Network.open(world.machines);
  }, 60_000);
  afterAll(async () => network?.close());

  test('lets everything through while it has no rules', { timeout: 60_000 }, async () => {
    const measured = await network.measure(world.trials);
    expect(world.trials.filter((_, index) => measured[index] !== 'reached')).toEqual([]);
  });

  test('lets through exactly what is proven', { timeout: 60_000 }, async () => {
    expect(ruleset.unsupported).toEqual([]);
    await network.apply(rulesetText(ruleset));
    expect(await differences(world, network)).toEqual([]);
    const verdicts = world.trials.map((trial) => proven(world, trial));
    const allowed = verdicts.filter((verdict) => verdict === 'allowed').length;
    expect(Math.min(allowed, verdicts.length - allowed), 'both answers must occur often').toBeGreaterThan(500);
  });

  test('differs from the proof when a rule is taken away', { timeout: 60_000 }, async () => {
    const chain = ruleset.chains.findIndex(({ rules }) => rules.some((rule) => rule.includes('tcp dport 5432 return')));
    const broken = ruleset.chains.map((one, index) =>
      index === chain ? { ...one, rules: one.rules.filter((rule) => !rule.includes('tcp dport 5432 return')) } : one,
    );
    await network.apply(rulesetText({ ...ruleset, chains: broken }));
    const found = await differences(world, network);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((line) => line.includes('TCP 5432'))).toBe(true);
  });
});

/** Connections that are not as proven. What differs is tried a second time: on a busy machine an answer may come too late. */
async function differences(world: PacketWorld, network: Network): Promise<string[]> {
  const first = await wrong(world, network, world.trials);
  const second = await wrong(
    world,
    network,
    first.map(({ trial }) => trial),
  );
  return second.map(
    ({ trial: { from, to, address, protocol, port }, measured }) =>
      `${from} to ${to} at ${address}, ${protocol} ${port}: measured ${measured}`,
  );
}

async function wrong(
  world: PacketWorld,
  network: Network,
  trials: readonly Trial[],
): Promise<{ trial: Trial; measured: Reached }[]> {
  const results = await network.measure(trials);
  return trials.flatMap((trial, index) => {
    const measured = results[index] ?? 'silence';
    const expected = { allowed: 'reached', denied: 'silence', unknown: 'neither' }[proven(world, trial)];
    return measured === expected ? [] : [{ trial, measured }];
  });
}

describe.runIf(able)('a network leaves nothing behind', () => {
  const script = fileURLToPath(new URL('packets/hold-network.ts', import.meta.url));
  const own = async (pid: number): Promise<string[]> =>
    (await namespaces()).filter((name) => name.startsWith(`lgnet-${pid}-`));

  async function holder(): Promise<ReturnType<typeof spawn>> {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout !== null) await once(child.stdout, 'data');
    return child;
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('when it is interrupted by %s', { timeout: 30_000 }, async (signal) => {
    const child = await holder();
    expect(await own(child.pid ?? 0)).toHaveLength(3);
    child.kill(signal);
    await once(child, 'exit');
    expect(child.signalCode).toBe(signal);
    expect(await own(child.pid ?? 0)).toEqual([]);
  });

  test('when it is killed, after the next start', { timeout: 30_000 }, async () => {
    const child = await holder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await own(child.pid ?? 0)).toHaveLength(3);
    expect(await sweep()).toHaveLength(3);
    expect(await own(child.pid ?? 0)).toEqual([]);
  });

  test('when it cannot be made', { timeout: 30_000 }, async () => {
    const machine = { id: 'a', addresses: ['not an address'], listens: [] };
    await expect(Network.open([machine])).rejects.toThrow('ip -n');
    expect(await own(process.pid)).toEqual([]);
  });
});
