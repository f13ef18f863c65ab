/** What oidc-provider keeps (sessions, grants, codes, refresh tokens), in memory and bounded; it outlives a change of keys. */

const MOST = 20_000;

interface Entry {
  readonly payload: Record<string, unknown>;
  readonly until: number;
}

export interface Adapter {
  upsert(id: string, payload: Record<string, unknown>, expiresIn?: number): Promise<void>;
  find(id: string): Promise<Record<string, unknown> | undefined>;
  findByUid(uid: string): Promise<Record<string, unknown> | undefined>;
  findByUserCode(code: string): Promise<undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Answers the factory that the provider is configured with. */
export function memoryAdapter(): (model: string) => Adapter {
  const entries = new Map<string, Entry>();
  return (model) => adapterOf(entries, (id) => `${model}:${id}`);
}

function adapterOf(entries: Map<string, Entry>, keyOf: (id: string) => string): Adapter {
  const alive = (key: string): Record<string, unknown> | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined && entry.until > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };
  return {
    async upsert(id, payload, expiresIn) {
      const until = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000;
      entries.delete(keyOf(id));
      entries.set(keyOf(id), { payload, until });
      for (const oldest of entries.size > MOST ? [...entries.keys()].slice(0, MOST / 10) : []) entries.delete(oldest);
    },
    find: async (id) => alive(keyOf(id)),
    findByUid: async (uid) => {
      const prefix = keyOf('');
      for (const [key, { payload }] of entries) if (key.startsWith(prefix) && payload['uid'] === uid) return alive(key);
      return undefined;
    },
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = alive(keyOf(id));
      if (payload !== undefined) payload['consumed'] = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      entries.delete(keyOf(id));
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) if (payload['grantId'] === grantId) entries.delete(key);
    },
  };
}
