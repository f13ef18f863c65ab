/**
 * A rolling restart of three gateways, and of every replica of the API, under 1,000 terminals that are worked in and requests at a fixed rate.
 * Targets: all connections closed with 1012 and taken up again, no byte lost or doubled, no 1006, no 5xx, no reset.
 * There is no peer: what is held against the targets are counts.
 *
 * `node --conditions=launchgate-source bench/rolling.ts [SESSIONS] [REQUESTS PER SECOND]`
 */
import { availableParallelism, loadavg } from 'node:os';
import { nodeId } from '../src/drills/lab/parts/postgres.ts';
import { roll, type RollingReport } from '../test/lab/platform/rolling.ts';
import { startPlatform, withEnvironment } from '../test/lab/platform/platform.ts';

const [sessions = 1000, rate = 50] = process.argv.slice(2).map(Number);
const GATEWAYS = 3;

const began = performance.now();
const say = (words: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${words}`);
const started = await startPlatform({ 'terminal-gateway': GATEWAYS });
try {
  say(`the lab is up; ${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}`);
  const { lab } = started.open;
  const [gateways, agents] = [lab.replicas('terminal-gateway'), lab.replicas('node-agent')];
  // While one gateway is away the others hold all; and each node half of them.
  const platform = withEnvironment(started, {
    'terminal-gateway': { MAX_SESSIONS_PER_POD: String(sessions), HANDSHAKES_PER_SECOND: '1000' },
    'node-agent': { MAX_SESSIONS_PER_NODE: String(sessions) },
  });
  for (const part of [...agents, ...gateways]) await platform.restart(part);
  const report = await roll(platform, {
    sessions,
    rate,
    nodes: agents.map(nodeId),
    roll: [...gateways, ...lab.replicas('api')],
    // Two cores carry about a thousand lines a second of all shells together.
    tick: Math.max(0.5, sessions / 500),
    opening: 20,
    progress: say,
  });
  print(report);
  process.exitCode = isClean(report) ? 0 : 1;
} finally {
  await started.stop();
}

function print({ closes, resumes, gaps, damaged, load }: RollingReport): void {
  console.log(`sessions                 ${sessions}`);
  console.log(`closed                   ${JSON.stringify(closes)}`);
  console.log(`taken up again           ${resumes}, with a gap ${gaps}`);
  console.log(`lost or doubled bytes    in ${damaged.length} sessions`);
  for (const words of damaged.slice(0, 5)) console.log(`  ${words}`);
  console.log(`answers of the API       ${JSON.stringify(load.statuses)}`);
  console.log(`errors of connections    ${JSON.stringify(load.errors)}`);
}

function isClean({ closes, resumes, gaps, damaged, load }: RollingReport): boolean {
  const codes = Object.keys(closes);
  const all = closes['1012'] ?? 0;
  return (
    codes.every((code) => code === '1012') &&
    all >= sessions &&
    resumes === all &&
    gaps === 0 &&
    damaged.length === 0 &&
    Object.keys(load.errors).length === 0 &&
    Object.keys(load.statuses).every((status) => status.startsWith('2'))
  );
}
