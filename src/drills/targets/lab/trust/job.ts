/** The lab's stand-in for the platform's periodic certificate check: the same rule, run as a process that ends with an exit status. */
import { spawn } from 'node:child_process';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { CertificateCheck } from '../../../../model/drill/certificates.ts';
import type { Lab } from '../../../lab/part.ts';
import { baseEnvironment } from '../../../lab/run/launch.ts';
import { MARK } from '../../../lab/run/owned.ts';
import { LEAF_HOURS } from '../../../lab/trust/authority.ts';
import { doorsOf } from './doors.ts';

const MOST_OUTPUT = 262_144;
const line = z.object({ level: z.string(), part: z.string().optional(), msg: z.string(), checked: z.int().optional() });

export async function runCertificateCheck(lab: Lab, signal: AbortSignal): Promise<CertificateCheck> {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-check-'));
  try {
    const endpoints = join(folder, 'endpoints.json');
    writeFileSync(endpoints, JSON.stringify(endpointsOf(lab)), { mode: 0o600 });
    const { file, args = [] } = lab.program('lab', 'certificate-check');
    const { cert, key, ca } = lab.client;
    const child = spawn(file, [...args, endpoints], {
      cwd: folder,
      signal,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...baseEnvironment(folder), TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CA_FILE: ca, [MARK]: lab.id },
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-MOST_OUTPUT)));
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    return { exitCode, ...read(said) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function endpointsOf(lab: Lab): object[] {
  const subjects = [
    ...[...lab.plan.stores.keys()].map((name) => `store/${name}`),
    'service/api',
    'service/terminal-gateway',
  ];
  return subjects
    .flatMap((subject) => doorsOf(lab, subject))
    .filter(({ protocol }) => protocol !== 'mysql')
    .map((door) => ({ ...door, hours: LEAF_HOURS }));
}

function read(said: string): Pick<CertificateCheck, 'complaints' | 'checked'> {
  const lines = said
    .split('\n')
    .filter(Boolean)
    .map((text) => line.parse(JSON.parse(text)));
  return {
    complaints: lines.flatMap(({ level, part, msg }) =>
      level === 'error' && part !== undefined ? [{ part, because: msg }] : [],
    ),
    checked: lines.find(({ checked }) => checked !== undefined)?.checked ?? 0,
  };
}
