import { Option, type Command } from 'commander';
import type { RevocationRow } from '@launchgate/runtime/denylist';
import type { RevocationRequest } from '../app/revocation.ts';
import { jsonText } from '../report/text/json.ts';
import { visible } from '../report/text/visible.ts';
import type { Io } from './io.ts';
import type { DefineVerb } from './verbs.ts';

type What = RevocationRequest['what'];
type RevokeFlags = Omit<RevocationRequest, 'what' | 'value'> & { readonly dryRun?: true; readonly format: string };

const KINDS: readonly (readonly [what: What, description: string, value: string])[] = [
  ['token', 'one token', 'its jti: the claim, not the token'],
  ['subject', 'a person or a service: all tokens, those to come included, until the entry ends', 'the sub claim'],
  ['session', 'a login and every token refreshed from it', 'the sid claim'],
  ['tenant', 'everybody of a tenant', 'the tenant claim'],
  ['key', 'everything that a signing key has signed', 'the kid of the header'],
  [
    'issued-before',
    'all tokens issued until then, of everybody, or of one subject or tenant',
    'now, a time, or Unix seconds',
  ],
];

const HELP = `
Which one
  a token leaked                    revoke token JTI
  a laptop was lost                 revoke issued-before now --subject SUB     (a new login works)
  a person must be kept out         revoke subject SUB --until 30d             (a new login does not)
  a signing key leaked              revoke key KID, and rotate it
  nobody knows how far it went      revoke issued-before now                   (everybody logs in again)
End the session at the identity provider too, or a new token is one refresh away.

Examples
  launchgate revoke token 7b1f0c52-90de-4b0e-9d0e-5cf1b4a8d7e3 -r "pasted into a ticket" --incident INC-212 --until 15m
  launchgate revoke issued-before now --subject ana -r "laptop stolen" --dry-run
  launchgate revoke list
  launchgate revoke lift 12 -r "it was a test token"

Connection, from the environment
  DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_ROLE (SET ROLE), DATABASE_PASSWORD_FILE (or DATABASE_PASSWORD)
  DATABASE_SSLMODE verify-full (default) or disable; TLS_CA_FILE, TLS_CERT_FILE, TLS_KEY_FILE
  DATABASE_DIRECT_HOST and DATABASE_DIRECT_PORT go before the pooler's
  TOKEN_MAX_LIFETIME is how long tokens live: an entry without --until ends with the last of them (default 24h)

Exit status: 0 written, 2 not written, and why.`;

/** `launchgate revoke token|subject|session|tenant|key|issued-before VALUE`, `revoke list`, `revoke lift ID`. */
export const revoke: DefineVerb = (command, io, done): Command => {
  command.addHelpText('after', HELP);
  for (const [what, description, value] of KINDS) {
    const one = command
      .command(what)
      .description(description)
      .argument('<value>', value)
      .requiredOption('-r, --reason <text>', 'why; kept with the entry')
      .option('--until <time>', 'last expiry of what it is about, as a time or from now: 15m, 24h, 30d')
      .option('--incident <id>', 'incident it belongs to')
      .option('--by <name>', 'who decides; default: the user of this machine')
      .option('--dry-run', 'try it, and take it back')
      .addOption(format());
    if (what === 'issued-before')
      one
        .option('--subject <sub>', 'only tokens of this subject')
        .option('--tenant <id>', 'only tokens of this tenant');
    one.action(async (given: string, flags: RevokeFlags) => {
      await append({ ...flags, what, value: given }, flags, io);
      done(0);
    });
  }
  command
    .command('list')
    .description('what is in force, newest first')
    .option('--all', 'also what has ended or was lifted')
    .addOption(format())
    .action(async (flags: { all?: true; format: string }) => {
      const { readRevocations } = await import('../app/revoke.ts');
      const rows = await readRevocations(io.env, flags.all === true);
      if (flags.format === 'json') io.out(json('RevocationList', { revocations: rows }));
      else io.out(rows.length === 0 ? 'nothing is revoked' : rows.map(rowText).join('\n'));
      done(0);
    });
  command
    .command('lift')
    .description('undo an entry by appending that it no longer holds')
    .argument('<id>', 'its number, from "revoke list"')
    .requiredOption('-r, --reason <text>', 'why; kept with the entry')
    .option('--by <name>', 'who decides; default: the user of this machine')
    .action(async (id: string, flags: { reason: string; by?: string }) => {
      const [{ liftRevocation }, { whoRuns }] = await Promise.all([
        import('../app/revoke.ts'),
        import('../app/revocation.ts'),
      ]);
      const lifted = await liftRevocation(io.env, numberOf(id), flags.by ?? whoRuns(), flags.reason);
      io.out(`lifted ${id} (line ${lifted.id})`);
      done(0);
    });
  return command;
};

async function append(request: RevocationRequest, flags: RevokeFlags, io: Io): Promise<void> {
  const [{ writeRevocation }, { revocationOf }] = await Promise.all([
    import('../app/revoke.ts'),
    import('../app/revocation.ts'),
  ]);
  const entry = revocationOf(request, io.now(), io.env['TOKEN_MAX_LIFETIME']);
  const dryRun = flags.dryRun === true;
  const { id } = await writeRevocation(io.env, entry, dryRun);
  if (flags.format === 'json') {
    io.out(json('Revocation', { dryRun, revocation: { ...(dryRun ? {} : { id }), ...entry } }));
    return;
  }
  io.out(`${dryRun ? 'would revoke' : `revoked (line ${id})`}: ${rowText({ id, at: io.now(), ...entry })}`);
  if (dryRun) return io.note('Nothing was written. This database and role would take it.');
  io.note(`Every pod refuses it within the staleness bound of the deny-list (ADMIN_DENYLIST_MAX_STALENESS).`);
  io.note(`Verify: /statusz of each pod says "head": ${id} or more; "launchgate revoke list" shows the entry.`);
  io.note(`Undo:   launchgate revoke lift ${id} -r REASON`);
}

function rowText({ id, kind, value, issuedBefore, until, by, reason, incident, liftedBy }: RevocationRow): string {
  const at = issuedBefore === undefined ? '' : ` at or before ${new Date(issuedBefore * 1000).toISOString()}`;
  const end = liftedBy === undefined ? `until ${until.toISOString()}` : `lifted by line ${liftedBy}`;
  const what = visible(`${kind} ${value}${at}`);
  const why = visible(`by ${by}: ${reason}${incident === undefined ? '' : ` (${incident})`}`);
  return `${String(id).padStart(5)}  ${what}  ${end}  ${why}`;
}

function numberOf(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : -1;
}

function json(kind: string, body: object): string {
  return jsonText({ apiVersion: 'launchgate/v1', kind, ...body });
}

function format(): Option {
  return new Option('-f, --format <format>', 'how to print').choices(['human', 'json']).default('human');
}
