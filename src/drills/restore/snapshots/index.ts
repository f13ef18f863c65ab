/**
 * Elasticsearch and OpenSearch: a snapshot of the indices in a repository that the cluster knows, restored under other names beside them.
 * https://www.elastic.co/guide/en/elasticsearch/reference/8.12/snapshot-restore-apis.html, https://docs.opensearch.org/docs/latest/api-reference/snapshots/
 */
import { z } from 'zod';
import type { BackupWay, Contents, Marker, Repository } from '../../../model/drill/backups.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Use } from '../../target.ts';
import { notOffered, phases, type RemoteStore, type RestoredStore } from '../types.ts';
import { searchClient, type Search, type SearchEndpoint } from './client.ts';

const snapshotWay: BackupWay = { name: 'snapshot', continuous: false, pointInTime: false, sql: false };

/** What drills make in a cluster, and what is therefore no part of any backup. */
const OWN = 'launchgate-drill-';
const MARKERS = `${OWN}markers`;

const shards = z.looseObject({ total: z.int(), failed: z.int(), successful: z.int() });
const snapshot = z.looseObject({
  snapshot: z.string(),
  state: z.string(),
  indices: z.array(z.string()),
  end_time_in_millis: z.number().optional(),
  failures: z.array(z.looseObject({ index: z.string().optional(), reason: z.string().optional() })).default([]),
});
type Snapshot = z.infer<typeof snapshot>;
const taken = z.looseObject({ snapshot });
const listed = z.looseObject({ snapshots: z.array(snapshot) });
const restored = z.looseObject({ snapshot: z.looseObject({ indices: z.array(z.string()), shards }) });
const health = z.looseObject({ status: z.enum(['green', 'yellow', 'red']) });
const indexNames = z.array(z.looseObject({ index: z.string() }));
const counted = z.looseObject({ count: z.int() });
const repositories = z.record(
  z.string(),
  z.looseObject({ type: z.string(), settings: z.record(z.string(), z.unknown()).default({}) }),
);

export interface SearchSource {
  readonly use: Use;
  readonly endpoint: SearchEndpoint;
  /** The cluster's name for where its snapshots lie. */
  readonly repository: string;
  /** What is backed up, as an expression of index names: `orders-*,-orders-tmp`. */
  readonly indices: string;
}

interface Opened extends SearchSource {
  readonly client: Search;
  /** Name of the snapshot that this run takes, and what the names of its restored indices begin with. */
  readonly own: string;
}

export function searchBackups(source: SearchSource): RemoteStore {
  const open: Opened = {
    ...source,
    client: searchClient(source.endpoint, source.use.signal),
    own: `${OWN}${source.use.run.toLowerCase()}`,
    indices: `${source.indices},-${OWN}*`,
  };
  const { client } = open;
  const unmark = async (): Promise<void> => void (await client.find('DELETE', `/${MARKERS}`));
  return {
    ways: [snapshotWay],
    take: () => take(open),
    ship: () => Promise.resolve(),
    serving: async () => Number(health.parse(await client.ask('GET', '/_cluster/health')).status !== 'red'),
    inspect: () => inspect(open),
    mark: () => mark(open),
    unmark,
    census: () => readContents(client, open.indices, ''),
    restore: () => restore(open),
    async clear() {
      await removeCopy(open);
      await unmark();
      await client.find('DELETE', `/_snapshot/${open.repository}/${open.own}`);
    },
  };
}

async function take({ client, repository, own, indices }: Opened): Promise<void> {
  const path = `/_snapshot/${repository}/${own}?wait_for_completion=true`;
  const body = { indices, include_global_state: false };
  const { snapshot: made } = taken.parse(await client.ask('PUT', path, body));
  if (made.state !== 'SUCCESS') throw new LaunchgateError('refused', `the snapshot is ${faultOf(made)}`);
}

async function mark({ client }: Opened): Promise<Marker> {
  const held = counted.safeParse(await client.find('GET', `/${MARKERS}/_count`));
  const number = (held.success ? held.data.count : 0) + 1;
  await client.ask('PUT', `/${MARKERS}/_doc/${number}?refresh=true`, { at: new Date().toISOString() });
  return { number, at: Date.now() };
}

/** Whole ones count; what went wrong with the newest is a fault. */
async function inspect({ client, repository }: Opened): Promise<Repository> {
  const all = listed
    .parse(await client.ask('GET', `/_snapshot/${repository}/_all`))
    .snapshots.toSorted((a, b) => (a.end_time_in_millis ?? 0) - (b.end_time_in_millis ?? 0));
  const whole = all.filter(({ state }) => state === 'SUCCESS');
  const newest = whole.at(-1)?.end_time_in_millis;
  const last = all.filter(({ state }) => state !== 'IN_PROGRESS').at(-1);
  const plain = await unencrypted(client, repository);
  return {
    backups: whole.length,
    ageSeconds: newest === undefined ? undefined : (Date.now() - newest) / 1000,
    ...(plain === undefined ? {} : { plain }),
    faults: [
      ...(last === undefined || last.state === 'SUCCESS' ? [] : [`the newest snapshot is ${faultOf(last)}`]),
      ...(await verifyFaults(client, repository)),
    ],
  };
}

/** Every node of the cluster reaches the repository. */
async function verifyFaults(client: Search, repository: string): Promise<string[]> {
  try {
    await client.ask('POST', `/_snapshot/${repository}/_verify`);
    return [];
  } catch (error) {
    if (error instanceof LaunchgateError) return [error.message];
    throw error;
  }
}

/** Only of a repository in S3 the cluster knows whether it asks for encryption; `undefined` where it does not know. */
async function unencrypted(client: Search, repository: string): Promise<string[] | undefined> {
  const found = repositories.parse(await client.ask('GET', `/_snapshot/${repository}`))[repository];
  if (found?.type !== 's3' || found.settings['server_side_encryption'] === undefined) return undefined;
  return String(found.settings['server_side_encryption']) === 'true' ? [] : [`repository ${repository}`];
}

async function restore(open: Opened): Promise<RestoredStore> {
  const { client, repository, own, indices } = open;
  const timing = phases();
  const name = await timing.during('find', () => newest(client, repository));
  const copies = await timing.during('restore', async () => {
    const answer = await client.ask('POST', `/_snapshot/${repository}/${name}/_restore?wait_for_completion=true`, {
      indices,
      include_global_state: false,
      include_aliases: false,
      rename_pattern: '(.+)',
      rename_replacement: `${own}-$1`,
      // A copy has no need of replicas, and its segments are checked before a shard opens.
      index_settings: { 'index.number_of_replicas': 0, 'index.shard.check_on_startup': 'checksum' },
    });
    const { snapshot: made } = restored.parse(answer);
    if (made.shards.failed > 0 || made.indices.length === 0)
      throw new LaunchgateError(
        'refused',
        `${made.shards.failed} of ${made.shards.total} shards of ${name} were not restored, of ${made.indices.length} indices`,
      );
    return made.indices;
  });
  await timing.during('first answer and write', async () => {
    const usable = `/${copies[0]!}/_doc/launchgate-usable?routing=launchgate&refresh=true`;
    await client.ask('PUT', usable, {});
    await client.ask('DELETE', usable);
  });
  return {
    tookMs: timing.total(),
    phases: timing.all,
    // They are written after the snapshot, which has nothing that came later.
    markers: [],
    contents: () => readContents(client, `${own}-*`, `${own}-`),
    faults: () => redOnes(client, own),
    sql: notOffered('SQL'),
    migrate: notOffered('migrations'),
    settle: notOffered('data that a server of the lab could take over'),
    remove: () => removeCopy(open),
  };
}

async function newest(client: Search, repository: string): Promise<string> {
  const { snapshots } = listed.parse(await client.ask('GET', `/_snapshot/${repository}/_all`));
  const [first] = snapshots
    .filter(({ state }) => state === 'SUCCESS')
    .toSorted((a, b) => (b.end_time_in_millis ?? 0) - (a.end_time_in_millis ?? 0));
  if (first !== undefined) return first.snapshot;
  throw new LaunchgateError('not-found', `repository ${repository} holds no whole snapshot`);
}

/** Documents by index. What is in them is not compared: the shards' checksums are. */
async function readContents(client: Search, indices: string, prefix: string): Promise<Contents> {
  const contents: Record<string, { rows: number }> = {};
  for (const index of await namesOf(client, indices)) {
    const name = index.slice(prefix.length);
    await client.ask('POST', `/${index}/_refresh`);
    contents[name] = { rows: counted.parse(await client.ask('GET', `/${index}/_count`)).count };
  }
  return contents;
}

async function redOnes(client: Search, own: string): Promise<string[]> {
  const { status } = health.parse(await client.ask('GET', `/_cluster/health/${own}-*`));
  return status === 'red' ? ['a shard of the copy does not open'] : [];
}

/** By their names: a cluster may refuse to remove what a pattern names. */
async function removeCopy({ client, own }: Opened): Promise<void> {
  for (const index of await namesOf(client, `${own}-*`)) await client.find('DELETE', `/${index}`);
}

async function namesOf(client: Search, indices: string): Promise<string[]> {
  const found = await client.find('GET', `/_cat/indices/${indices}?format=json&h=index&expand_wildcards=open`);
  return found === undefined
    ? []
    : indexNames
        .parse(found)
        .map(({ index }) => index)
        .sort();
}

function faultOf({ snapshot: name, state, failures }: Snapshot): string {
  const reasons = failures.slice(0, 3).map(({ index, reason }) => `${index ?? 'an index'}: ${reason ?? 'no reason'}`);
  return `${state} (${name})${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`;
}
