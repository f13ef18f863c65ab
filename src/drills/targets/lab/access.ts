/** Admin routes of the reference platform's API, and its deny-list. */
import type { Kind } from '@launchgate/runtime/denylist';
import { decodeJwt } from 'jose';
import { CannotTell, NotThere } from '../../../model/drill/drill.ts';
import type { Access } from '../../../model/drill/access.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { askReplica } from './replica.ts';

const ROUTE = '/api/v1/admin/denylist';
const TOKEN: Kind = 'token';
/** Longer than the API waits for any store, so that what hangs is the API's doing. */
const ANSWER_MS = 12_000;
/** Tokens of the lab live for a quarter of an hour. */
const MINUTES = 20;

export function labAccess({ lab, plan }: OpenLab, { signal }: Use): Access {
  return {
    listStore: [...plan.stores].find(([, kind]) => kind === 'postgres')?.[0] ?? 'postgres',
    async asAdmin(part, token) {
      if (!lab.replicas('api').includes(part))
        throw new NotThere(`${part} knows operators by their certificates, and takes no token of an admin`);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
      try {
        return (await askReplica(lab, part, { path: `${ROUTE}?limit=1`, token, signal: limit })).status;
      } catch {
        return undefined;
      }
    },
    async revoke(token, by) {
      const { jti } = decodeJwt(token);
      if (jti === undefined) throw new CannotTell('the token has no id by which it could be revoked');
      const [part] = lab.replicas('api');
      if (part === undefined) throw new CannotTell('the lab runs no API');
      const body = { kind: TOKEN, value: jti, minutes: MINUTES, reason: 'a drill of emergency revocation' };
      const { status, text } = await askReplica(lab, part, { method: 'POST', path: ROUTE, token: by, body, signal });
      if (status !== 201) throw new CannotTell(`the deny-list answers ${status} ${text.slice(0, 200)}`);
    },
  };
}
