/** Prometheus with the platform's own rules, Alertmanager with its own routing, and the pager that every receiver ends in. */
import { mkdirSync, chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { seconds } from '../../../../model/duration.ts';
import type { Lab, Part } from '../../part.ts';
import type { LabPlan } from '../../plan.ts';
import { address, alertmanagerFile, TOKEN, writePrometheus } from './configure.ts';
import { webConfig } from './prometheus.ts';
import { askTls } from './ready.ts';
import { LAB_TIMING } from './timing.ts';
import { text } from './write.ts';

export { knowsAlertmanager, setTiming } from './configure.ts';

const PROMETHEUS = '/usr/bin/prometheus';
const ALERTMANAGER = '/usr/bin/prometheus-alertmanager';

export function observabilityParts(_plan: LabPlan): Part[] {
  return [pager(), prober(), alertmanager(), prometheus()];
}

function pager(): Part {
  return {
    name: 'pager',
    needs: [],
    ports: ['http'],
    secrets: [TOKEN],
    command: (lab) => ({
      ...lab.program('lab', 'pager'),
      env: {
        HTTP_ADDR: address(lab, 'pager', 'http'),
        PAGER_TOKEN_FILE: lab.secretFile('pager', TOKEN),
        ESCALATION: JSON.stringify(escalationOf(lab.plan)),
      },
    }),
    ready: (lab, signal) => askPlain(lab, 'pager', signal),
  };
}

/** Seconds from the page to each further level, by receiver; those without a rotation go on after five and ten minutes. */
function escalationOf({ spec }: LabPlan): Record<string, number[]> {
  const rotations = spec.onCall?.rotations ?? [];
  const own = rotations.flatMap(({ receiver, escalation }): [string, number[]][] =>
    receiver === undefined ? [] : [[receiver, escalation.map(({ after }) => seconds(after)).toSorted((a, b) => a - b)]],
  );
  return { '': [300, 600], ...Object.fromEntries(own) };
}

function prober(): Part {
  return {
    name: 'prober',
    needs: [],
    ports: ['http'],
    identity: { name: 'blackbox-exporter', namespace: 'observability' },
    command: (lab) => {
      const { cert, key, ca } = lab.tls('prober');
      const files = { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CA_FILE: ca };
      return { ...lab.program('lab', 'prober'), env: { HTTP_ADDR: address(lab, 'prober', 'http'), ...files } };
    },
    ready: (lab, signal) => askPlain(lab, 'prober', signal),
  };
}

function alertmanager(): Part {
  return {
    name: 'alertmanager',
    needs: [],
    program: {
      file: ALERTMANAGER,
      package: 'prometheus-alertmanager',
      loses: 'no alert is routed, and the pager stays silent',
    },
    ports: ['https'],
    user: 'prometheus',
    secrets: [TOKEN],
    identity: { name: 'alertmanager', namespace: 'observability' },
    prepare: (lab) => {
      lab.write('alertmanager', 'alertmanager.json', alertmanagerFile(lab, LAB_TIMING));
      lab.write('alertmanager', 'web.json', text(webConfig(lab.tls('alertmanager'))));
      ownFolder(lab, 'alertmanager', 'data');
    },
    command: (lab) => ({
      file: ALERTMANAGER,
      args: [
        `--config.file=${join(lab.folder('alertmanager'), 'alertmanager.json')}`,
        `--web.config.file=${join(lab.folder('alertmanager'), 'web.json')}`,
        `--storage.path=${join(lab.folder('alertmanager'), 'data')}`,
        `--web.listen-address=${address(lab, 'alertmanager', 'https')}`,
        '--cluster.listen-address=',
        '--log.format=json',
      ],
    }),
    ready: async (lab, signal) =>
      void (await askTls(lab.port('alertmanager', 'https'), '/-/ready', lab.client, signal)),
  };
}

function prometheus(): Part {
  return {
    name: 'prometheus',
    needs: [],
    program: { file: PROMETHEUS, package: 'prometheus', loses: 'no metric is kept and no alert can fire' },
    ports: ['https'],
    user: 'prometheus',
    identity: { name: 'prometheus', namespace: 'observability' },
    prepare: (lab) => {
      const own = writePrometheus(lab, LAB_TIMING);
      lab.write('prometheus', 'prometheus.json', own);
      lab.write('prometheus', 'web.json', text(webConfig(lab.tls('prometheus'))));
      ownFolder(lab, 'prometheus', 'data');
    },
    command: (lab) => ({
      file: PROMETHEUS,
      args: [
        `--config.file=${join(lab.folder('prometheus'), 'prometheus.json')}`,
        `--web.config.file=${join(lab.folder('prometheus'), 'web.json')}`,
        `--web.listen-address=${address(lab, 'prometheus', 'https')}`,
        // The first evaluation comes before Alertmanager was discovered; its alerts would be sent again after a minute only.
        '--rules.alert.resend-delay=10s',
        '--web.enable-lifecycle',
        '--web.max-connections=64',
        `--storage.tsdb.path=${join(lab.folder('prometheus'), 'data')}`,
        '--storage.tsdb.retention.time=2d',
        '--storage.tsdb.retention.size=512MB',
        '--log.format=json',
      ],
    }),
    ready: async (lab, signal) => void (await askTls(lab.port('prometheus', 'https'), '/-/ready', lab.client, signal)),
  };
}

function ownFolder(lab: Lab, part: string, name: string): void {
  const folder = join(lab.folder(part), name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, gid } = statSync(lab.folder(part));
  if (process.getuid?.() === 0) chownSync(folder, uid, gid);
}

async function askPlain(lab: Lab, part: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`http://${address(lab, part, 'http')}/healthz`, { signal });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${part} answers ${response.status}`);
}
