/** Spans around the queries of a `pg` pool and of the clients that are taken from it. */
import { SpanKind } from '@opentelemetry/api';
import { active } from '../shared/active.ts';
import { withSpan } from './spans.ts';
import { operationOf, withoutLiterals } from './statement.ts';

/** What the kit needs of a pool or client of `pg`. */
interface Queries {
  query: (...args: never[]) => unknown;
  connect?: (...args: never[]) => unknown;
}
type Call = (this: unknown, ...args: unknown[]) => unknown;

const SAMPLED = 1;
const traced = new WeakSet<object>();

/**
 * Traces `pool.query`, and `query` of clients from `await pool.connect()`; calls with a callback run as they are. Only inside a recorded
 * trace is there any cost. Returns the same pool.
 */
export function tracePg<P extends Queries>(pool: P, { database }: { readonly database?: string } = {}): P {
  if (traced.has(pool)) return pool;
  traced.add(pool);
  patchQuery(pool, database);
  const owner: Queries = pool;
  const { connect } = owner;
  if (typeof connect === 'function') {
    owner.connect = function tracedConnect(this: unknown, ...args: unknown[]) {
      const client = Reflect.apply(connect as Call, this, args);
      return client instanceof Promise ? client.then((each: unknown) => tracedClient(each, database)) : client;
    } as NonNullable<Queries['connect']>;
  }
  return pool;
}

function tracedClient(client: unknown, database: string | undefined): unknown {
  if (typeof client === 'object' && client !== null && 'query' in client && !traced.has(client)) {
    traced.add(client);
    patchQuery(client as Queries, database);
  }
  return client;
}

function patchQuery(owner: Queries, database: string | undefined): void {
  const query = owner.query as Call;
  owner.query = function tracedQuery(this: unknown, ...args: unknown[]): unknown {
    const store = active.getStore();
    const sql = textOf(args[0]);
    const plain =
      store === undefined ||
      (store.trace.flags & SAMPLED) === 0 ||
      sql === undefined ||
      typeof args.at(-1) === 'function';
    if (plain) return Reflect.apply(query, this, args);
    const operation = operationOf(sql);
    return withSpan(
      database === undefined ? operation : `${operation} ${database}`,
      () => Reflect.apply(query, this, args),
      {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'postgresql',
          'db.operation.name': operation,
          'db.query.text': withoutLiterals(sql),
          ...(database === undefined ? {} : { 'db.namespace': database }),
        },
      },
    );
  } as Queries['query'];
}

/** Undefined for submittables, such as cursors, which are no promises. */
function textOf(first: unknown): string | undefined {
  if (typeof first === 'string') return first;
  if (typeof first !== 'object' || first === null || 'submit' in first) return undefined;
  return 'text' in first && typeof first.text === 'string' ? first.text : undefined;
}
