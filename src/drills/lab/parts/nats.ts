/** NATS with JetStream: usage from the API to billing. One user for each workload, who may say and hear what it has to and nothing else. */
import { join } from 'node:path';
import { fromSeed } from '@nats-io/nkeys';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Lab, Part } from '../part.ts';
import type { LabPlan } from '../plan.ts';

interface NatsUser {
  /** Its seed is the secret `nats-NAME-nkey`. */
  readonly name: string;
  readonly publish: readonly string[];
  readonly subscribe?: readonly string[];
}

const users: readonly NatsUser[] = [
  {
    name: 'api',
    publish: ['usage.>', 'denylist.changed', '$JS.API.INFO', '$JS.API.STREAM.INFO.usage'],
    subscribe: ['denylist.changed'],
  },
  {
    name: 'billing-worker',
    publish: [
      'dead.usage.>',
      '$JS.API.INFO',
      '$JS.API.STREAM.INFO.usage',
      '$JS.API.STREAM.INFO.usage-dead',
      '$JS.API.CONSUMER.INFO.usage.billing-worker',
      '$JS.API.CONSUMER.MSG.NEXT.usage.billing-worker',
      '$JS.ACK.usage.billing-worker.>',
    ],
  },
  // Makes streams and consumers; runs once, and no service holds its seed.
  {
    name: 'billing-streams',
    publish: ['INFO', 'STREAM.INFO.*', 'STREAM.NAMES', 'STREAM.CREATE.*', 'STREAM.UPDATE.*', 'CONSUMER.>'].map(
      (what) => `$JS.API.${what}`,
    ),
  },
  // Takes streams out whole and puts them back; holds a stream of its own by which drills see how much came back.
  { name: 'backup', publish: ['$JS.API.STREAM.>', '$JS.SNAPSHOT.>', 'launchgate.drill'] },
  // The lab's own: reads what lies in the streams, and takes nothing out.
  { name: 'lab_monitor', publish: ['$JS.API.INFO', '$JS.API.STREAM.INFO.*', '$JS.API.STREAM.MSG.GET.*'] },
];

export function natsParts(plan: LabPlan): Part[] {
  return [...plan.stores.values()].includes('nats') ? [nats] : [];
}

/** As the certificate of the reference platform names them, of which one runs here. */
const MEMBERS = [0, 1, 2].map((at) => `nats-${at}.nats.data.svc`);

const nats: Part = {
  name: 'nats',
  needs: [],
  program: { file: 'nats-server', package: 'nats-server', loses: 'usage does not reach billing', required: true },
  ports: ['client', 'monitor'],
  user: 'nats',
  identity: { name: 'nats', namespace: 'data', dns: ['nats.data.svc', ...MEMBERS] },
  prepare: (lab) => void lab.write('nats', 'nats.conf', configuration(lab)),
  command: (lab) => ({ file: 'nats-server', args: ['-c', join(lab.folder('nats'), 'nats.conf')] }),
  ready: askJetStream,
};

/** The server holds public keys only. */
function configuration(lab: Lab): string {
  const { cert, key, ca } = lab.tls('nats');
  const granted = users.map(({ name, publish, subscribe = [] }) => ({
    nkey: fromSeed(new TextEncoder().encode(lab.secret(`nats-${name}-nkey`))).getPublicKey(),
    permissions: { publish: { allow: publish }, subscribe: { allow: ['_INBOX.>', ...subscribe] } },
  }));
  const settings = {
    server_name: 'lab',
    host: '127.0.0.1',
    port: lab.port('nats', 'client'),
    http: `127.0.0.1:${lab.port('nats', 'monitor')}`,
    max_payload: 262_144,
    max_connections: 2000,
    tls: { cert_file: cert, key_file: key, ca_file: ca, verify: true },
    jetstream: {
      store_dir: join(lab.folder('nats'), 'data'),
      max_memory_store: 67_108_864,
      max_file_store: 1_073_741_824,
    },
    accounts: { APP: { jetstream: 'enabled', users: granted } },
  };
  // The server's configuration language is a superset of JSON.
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

async function askJetStream(lab: Lab): Promise<void> {
  const connection = await connect({
    servers: `tls://localhost:${lab.port('nats', 'client')}`,
    tls: { caFile: lab.client.ca, certFile: lab.client.cert, keyFile: lab.client.key },
    authenticator: nkeyAuthenticator(new TextEncoder().encode(lab.secret('nats-lab_monitor-nkey'))),
    timeout: 2000,
    reconnect: false,
    inboxPrefix: '_INBOX',
  });
  try {
    const answer = await connection.request('$JS.API.INFO', '', { timeout: 2000 });
    const { error } = answer.json<{ error?: { description: string } }>();
    if (error !== undefined) throw new Error(error.description);
  } finally {
    await connection.close();
  }
}
