import { hostname, userInfo } from 'node:os';
import { EVERYBODY, type Kind, type NewRevocation } from '@launchgate/runtime/denylist';
import { parseDuration } from '../model/duration.ts';
import { LaunchgateError } from '../model/errors.ts';

/** What a person asked for on the command line. */
export interface RevocationRequest {
  readonly what: 'token' | 'subject' | 'session' | 'tenant' | 'key' | 'issued-before';
  readonly value: string;
  readonly reason: string;
  readonly until?: string;
  readonly subject?: string;
  readonly tenant?: string;
  readonly incident?: string;
  readonly by?: string;
}

/** Clocks of hosts differ; an entry outlives the tokens it is about by this many seconds. */
const SKEW_SECONDS = 300;
const DEFAULT_LIFETIME = '24h';

/** The entry to append; throws `usage` with what to write instead. `lifetime` is that of the longest-lived tokens. */
export function revocationOf(request: RevocationRequest, now: Date, lifetime: string | undefined): NewRevocation {
  const { reason, incident, by } = request;
  if (reason.trim() === '') throw usage('the reason is empty', 'Write why, in a sentence, or name the incident.');
  return {
    ...named(request, now),
    until: endOf(request.until, now, lifetime ?? DEFAULT_LIFETIME),
    by: by ?? whoRuns(),
    reason,
    ...(incident === undefined ? {} : { incident }),
  };
}

/** The user of this machine: a name to ask, not a proof; the database keeps the role that connected beside it. */
export function whoRuns(): string {
  return `${userInfo().username}@${hostname()}`;
}

function named(request: RevocationRequest, now: Date): Pick<NewRevocation, 'kind' | 'value' | 'issuedBefore'> {
  const { what, value, subject, tenant } = request;
  if (what !== 'issued-before') {
    if (subject !== undefined || tenant !== undefined)
      throw usage(
        '--subject and --tenant belong to issued-before',
        `Write "revoke subject ${subject ?? '…'}" or "revoke issued-before".`,
      );
    if (/^eyJ[\w-]*\./.test(value))
      throw usage(
        'that is a token itself, and the command line is no place for it',
        "Give its jti, sub or sid; and treat this one as known to whoever reads this machine's history.",
      );
    if (value.trim() === '' || value.length > 512)
      throw usage(`a ${what} has 1 to 512 characters`, 'Copy it from the log or the token.');
    return { kind: what, value };
  }
  if (subject !== undefined && tenant !== undefined)
    throw usage('--subject and --tenant exclude each other', 'Revoke twice.');
  const issuedBefore = secondOf(value, now);
  const [kind, whose]: [Kind, string] =
    subject !== undefined
      ? ['subject-issued-before', subject]
      : tenant !== undefined
        ? ['tenant-issued-before', tenant]
        : ['issued-before', EVERYBODY];
  return { kind, value: whose, issuedBefore };
}

function secondOf(value: string, now: Date): number {
  const second = /^\d{9,11}$/.test(value)
    ? Number(value)
    : Math.floor((value === 'now' ? now.getTime() : dateOf(value)) / 1000);
  if (second > now.getTime() / 1000 + 1)
    throw usage(
      `${value} lies ahead: tokens that nobody has yet would be refused`,
      'Write "now", or a time that has passed.',
    );
  return second;
}

function endOf(until: string | undefined, now: Date, lifetime: string): Date {
  const seconds = parseDuration(until ?? lifetime);
  const end = seconds === undefined ? dateOf(until ?? lifetime) : now.getTime() + seconds * 1000;
  if (end <= now.getTime())
    throw usage(`--until ${until ?? ''} has passed`, 'Write the expiry of the token, or how long: 15m, 24h, 30d.');
  return new Date(end + SKEW_SECONDS * 1000);
}

function dateOf(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw usage(`${text} is no time`, 'Write "now", 2026-03-01T12:00:00Z, Unix seconds, or for --until a duration.');
  return at;
}

function usage(message: string, next: string): LaunchgateError {
  return new LaunchgateError('usage', message, { next });
}
