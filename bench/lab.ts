/**
 * How long `lab up` takes on the reference platform, bundled, until every part has answered as ready: three labs one after the other, each from
 * nothing. The target is 20 s on two cores, for the median.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNS = 3;
const TARGET_S = 20;
const root = fileURLToPath(new URL('..', import.meta.url));

execFileSync(process.execPath, ['tools/build.ts'], { cwd: root });
console.log(`${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)} before the first run`);
const seconds = Array.from({ length: RUNS }, measure);
const median = seconds.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)]!;
const ok = median <= TARGET_S;
console.log(`median ${median.toFixed(1)} s, target ${TARGET_S} s: ${ok ? 'ok' : 'MISSED'}`);
process.exitCode = ok ? 0 : 1;

/** One lab from nothing to ready and down again; seconds of the first half. */
function measure(): number {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-bench-lab-'));
  const place = ['--platform', join(root, 'examples/gpu-cloud/launchgate.yaml'), '--directory', join(folder, 'lab')];
  try {
    const began = performance.now();
    lab('up', ...place);
    const took = (performance.now() - began) / 1000;
    const { parts } = JSON.parse(lab('status', '-f', 'json', ...place)) as { parts: { state: string }[] };
    const down = performance.now();
    lab('down', ...place);
    console.log(
      `up ${took.toFixed(1)} s, ${parts.length} parts; down ${((performance.now() - down) / 1000).toFixed(1)} s`,
    );
    return took;
  } finally {
    spawnSync(process.execPath, [join(root, 'bin/launchgate.js'), 'lab', 'down', ...place]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function lab(...args: string[]): string {
  return execFileSync(process.execPath, [join(root, 'bin/launchgate.js'), 'lab', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
