import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The peer that the gate is compared with, put into a folder of its own: it is no dependency of Launchgate. */
const PEER = '@mitre/saf@1.5.3';

/** The peer's command, installed into `folder`; a reason where that does not work. */
export function installPeer(folder: string): { readonly bin: string } | { readonly reason: string } {
  const given = process.env['LAUNCHGATE_BENCH_SAF'];
  if (given !== undefined) return { bin: given };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'peer', private: true }));
  const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', PEER], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 600_000,
  });
  const bin = join(folder, 'node_modules', '.bin', 'saf');
  if (install.status === 0 && existsSync(bin)) return { bin };
  const said = install.stderr.split('\n').find((line) => line.startsWith('npm error')) ?? 'it timed out';
  return { reason: `${PEER} could not be installed here: ${said}` };
}

/** Heimdall Data Format with so many controls, the first of them failing, and the threshold that all pass. */
export function writePeerInput(folder: string, controls: number, failing: number): { hdf: string; threshold: string } {
  const [hdf, threshold] = [join(folder, `hdf-${failing}.json`), join(folder, 'threshold.yaml')];
  const control = (index: number) => ({
    id: `control-${index}`,
    title: `Control ${index}`,
    desc: 'It holds.',
    descriptions: [],
    impact: 0.7,
    refs: [],
    tags: {},
    code: '',
    source_location: { line: 1, ref: 'bench' },
    results: [
      {
        status: index < failing ? 'failed' : 'passed',
        code_desc: 'time is below 60 s',
        run_time: 0.1,
        start_time: '2026-03-09T12:00:00Z',
      },
    ],
  });
  const profile = {
    name: 'bench',
    version: '1.0.0',
    sha256: '0'.repeat(64),
    title: 'bench',
    summary: 'bench',
    supports: [],
    attributes: [],
    groups: [],
    status: 'loaded',
    controls: Array.from({ length: controls }, (_, index) => control(index)),
  };
  const report = {
    platform: { name: 'bench', release: '1' },
    version: '5.0.0',
    statistics: { duration: 1 },
    profiles: [profile],
  };
  writeFileSync(hdf, JSON.stringify(report));
  writeFileSync(threshold, 'compliance:\n  min: 100\nfailed:\n  total:\n    max: 0\n');
  return { hdf, threshold };
}

/** True when the peer lets the report pass. */
export function peerPasses(bin: string, { hdf, threshold }: { hdf: string; threshold: string }): boolean {
  try {
    execFileSync(bin, ['validate', 'threshold', '-i', hdf, '-F', threshold], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
