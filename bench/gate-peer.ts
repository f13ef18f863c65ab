import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The peer that the gate is compared with, put into a folder of its own: it is no dependency of Launchgate. */
const PEER = { name: '@mitre/saf', version: '1.5.3' };
const MOST_STAND_INS = 5;

/** The peer's script, and the parts of it that a registry lacked and an empty package stands in for. */
export interface Peer {
  readonly script: string;
  readonly standIns: readonly string[];
}

/**
 * Installs the peer into `folder`; a reason where that does not work. A dependency that the registry does not have at all
 * (a cloud SDK, say, that `validate threshold` never calls) is replaced by an empty package, and named.
 */
export function installPeer(folder: string): Peer | { readonly reason: string } {
  const given = process.env['LAUNCHGATE_BENCH_SAF'];
  if (given !== undefined) return { script: given, standIns: [] };
  const standIns: string[] = [];
  for (;;) {
    const { status, stderr } = install(folder, standIns);
    const script = join(folder, 'node_modules', '.bin', 'saf');
    if (status === 0 && existsSync(script)) return { script, standIns };
    const lacking = stderr.match(/No matching version found for (@?[^@\s]+)@/)?.[1];
    if (lacking === undefined || standIns.includes(lacking) || standIns.length === MOST_STAND_INS) {
      const said = stderr.split('\n').find((line) => line.startsWith('npm error')) ?? 'it timed out';
      return { reason: `${PEER.name} could not be installed here: ${said}` };
    }
    standIns.push(lacking);
  }
}

function install(folder: string, standIns: readonly string[]): { status: number | null; stderr: string } {
  const dependencies: Record<string, string> = { [PEER.name]: PEER.version };
  const overrides: Record<string, string> = {};
  for (const [index, name] of standIns.entries()) {
    const path = join(folder, `stand-in-${index}`);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version: '0.0.0', main: 'index.js' }));
    writeFileSync(join(path, 'index.js'), 'module.exports = {};\n');
    dependencies[name] = `file:${path}`;
    overrides[name] = `$${name}`;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts'];
  return spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 600_000 });
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
export function peerPasses({ script }: Peer, { hdf, threshold }: { hdf: string; threshold: string }): boolean {
  const args = [script, 'validate', 'threshold', '-i', hdf, '--templateFile', threshold];
  return spawnSync(process.execPath, args, { stdio: 'ignore' }).status === 0;
}
