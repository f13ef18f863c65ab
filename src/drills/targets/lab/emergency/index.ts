/**
 * Stands in for the access bot of the reference platform, which is a cloud's: the quorum of the spec, a login of PostgreSQL that ends by itself as
 * the access, and the platform's own audit trail.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createAudit, postgresAudit, type PgPool } from '@launchgate/runtime/audit';
import pg from 'pg';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { AccessRequest, Emergency, TrailEntry } from '../../../../model/drill/emergency.ts';
import type { OpenLab } from '../../../lab/open.ts';
import { DATABASE, superuser } from '../../../lab/parts/postgres.ts';
import type { Use } from '../../../target.ts';
import { EMERGENCY_LOGIN, removeLogin } from './login.ts';
import { trailOf } from './trail.ts';

/** What was asked for, and who has approved; the password is known to nobody else. */
interface Case {
  readonly by: string;
  readonly reason: string;
  readonly lifeSeconds: number;
  readonly approvals: Set<string>;
  password?: string;
}

const CONNECT_MS = 3000;
const cases = new WeakMap<AccessRequest, Case>();

export function labEmergency({ lab, plan }: OpenLab, use: Use): Emergency {
  const declared = plan.spec.breakGlass;
  if (declared === undefined) throw new CannotTell('the spec describes no emergency access');
  const { quorum } = declared;
  return {
    standIn:
      'a login of PostgreSQL that ends by itself, granted by the quorum of the spec: the permission set of the reference platform is a cloud’s',
    people: plan.spec.people.map(({ id }) => id),
    async ask(by, reason, lifeSeconds) {
      const request: AccessRequest = { id: `INC-drill-${randomBytes(6).toString('hex')}` };
      cases.set(request, { by, reason, lifeSeconds, approvals: new Set() });
      await record(request, by, 'asked', 'success', reason);
      return request;
    },
    async approve(request, by) {
      const own = caseOf(request);
      if (by === own.by || own.approvals.has(by)) {
        await record(request, by, 'approved', 'denied');
        return 'refused';
      }
      own.approvals.add(by);
      await record(request, by, 'approved', 'success');
      if (own.approvals.size < quorum || own.password !== undefined) return 'counted';
      await grant(request, own);
      return 'granted';
    },
    async use(request) {
      const own = caseOf(request);
      const outcome = await comeIn(own.password ?? randomBytes(12).toString('hex'));
      await record(request, own.by, 'used', outcome === 'let in' ? 'success' : 'denied');
      return outcome;
    },
    trail: (request) => trailOf(lab, request.id),
  };

  async function grant(request: AccessRequest, own: Case): Promise<void> {
    await use.undo.before({ kind: 'end-emergency', data: { directory: lab.directory } });
    const password = randomBytes(24).toString('base64url');
    await withSuperuser(async (client) => {
      const until = new Date(Date.now() + own.lifeSeconds * 1000).toISOString();
      await removeLogin(client);
      await client.query(
        // Of the role that may do least, as far as the server lets one come in over the network at all.
        `CREATE ROLE ${EMERGENCY_LOGIN} LOGIN IN ROLE retention PASSWORD ${client.escapeLiteral(password)} VALID UNTIL ${client.escapeLiteral(until)}`,
      );
      await client.query(`GRANT CONNECT ON DATABASE ${DATABASE} TO ${EMERGENCY_LOGIN}`);
    });
    own.password = password;
    await record(request, 'access-broker', 'granted', 'success');
  }

  async function comeIn(password: string): Promise<'let in' | 'refused'> {
    const read = (path: string) => readFileSync(path, 'utf8');
    const client = new pg.Client({
      host: 'localhost',
      port: lab.port('postgres', 'sql'),
      user: EMERGENCY_LOGIN,
      password,
      database: DATABASE,
      ssl: { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key) },
      connectionTimeoutMillis: CONNECT_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT version()');
      return 'let in';
    } catch (error) {
      // Class 28 of SQLSTATE: invalid authorization.
      if ((error as { code?: string }).code?.startsWith('28') === true) return 'refused';
      throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function record(
    request: AccessRequest,
    actor: string,
    action: TrailEntry['action'],
    outcome: 'success' | 'denied',
    reason?: string,
  ): Promise<void> {
    await withSuperuser(async (client) => {
      // The kit asks for a pool; one connection is enough for one event.
      const pool: PgPool = {
        connect: () =>
          Promise.resolve({ query: (text, values) => client.query(text, values), release: () => undefined }),
      };
      const audit = createAudit({ sink: postgresAudit(pool) });
      await audit.record({
        actor: { id: actor, kind: 'user' },
        action: `break-glass.${action}`,
        target: { kind: 'break-glass', id: request.id },
        outcome,
        correlationId: request.id,
        ...(reason === undefined ? {} : { reason }),
      });
    });
  }

  async function withSuperuser(work: (client: pg.Client) => Promise<void>): Promise<void> {
    const client = new pg.Client(superuser(lab, 'postgres'));
    client.on('error', () => undefined);
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }
}

function caseOf(request: AccessRequest): Case {
  const found = cases.get(request);
  if (found === undefined) throw new TypeError(`no request ${request.id} of this drill`);
  return found;
}
