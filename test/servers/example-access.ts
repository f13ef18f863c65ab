/** Who may do what in the reference platform's Redis and NATS, for tests that run services under exactly these rights. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const base = join(import.meta.dirname, '../../examples/gpu-cloud/k8s/base');

/** In the order of `nats.conf`. */
const NATS_USERS = ['api', 'billing-worker', 'nats-streams', 'nats-backup'] as const;
export type NatsUser = (typeof NATS_USERS)[number];

/** Lines of `users.acl`; every user has the one password instead of its own. */
export function exampleAcl(password: string): string[] {
  const text = readFileSync(join(base, 'redis/users.acl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ #[0-9a-f]{64} /, ` >${password} `));
}

/** The accounts of `nats.conf`, with other public keys. Users that are not given keep theirs, whose seeds nobody has. */
export function exampleAccounts(keys: Partial<Record<NatsUser, string>>): string {
  const text = readFileSync(join(base, 'nats/nats.conf'), 'utf8');
  const accounts = text.slice(text.indexOf('accounts {'));
  let index = 0;
  return accounts.replaceAll(/nkey: (U[A-Z2-7]{55})/g, (_, own: string) => {
    const user = NATS_USERS[index++];
    return `nkey: ${(user === undefined ? undefined : keys[user]) ?? own}`;
  });
}
