import { parseCidr, parseAddress, type AddressBlock } from '../../../model/cidr.ts';
import type { Directive } from '../../../model/document.ts';

/** How a connection over the network arrives. GSS encryption is taken as not offered. */
export type Transport = 'plain' | 'tls';

/** A connection that a record lets in, as an example of all that it stands for. */
export interface Admission {
  readonly record: Directive;
  readonly database: string;
  readonly user: string;
  readonly address: string;
  /** False where it depends on names, roles or interfaces that pg_hba.conf alone does not tell. */
  readonly certain: boolean;
}

/**
 * A connection over `transport` that is let in by a record which `bad` says must let nobody in; `undefined` where there is none.
 *
 * The first record that matches type, database, user and address decides (PostgreSQL, "The pg_hba.conf File"; `check_hba` in
 * `src/backend/libpq/hba.c`). The question is decided exactly on examples: within the box of a bad record every cell that the boxes of
 * earlier records cut out has one. Where several admit, a certain one is preferred.
 */
export function admission(
  records: readonly Directive[],
  transport: Transport,
  bad: (record: Directive) => boolean,
): Admission | undefined {
  const applicable = records.filter((record) => carries(record.name, transport));
  const budget = { left: MOST_STEPS };
  let possible: Admission | undefined;
  for (const [index, record] of applicable.entries()) {
    if (method(record) === 'reject' || !bad(record)) continue;
    const found = admittedBy(record, applicable.slice(0, index), budget);
    if (found?.certain === true) return found;
    possible ??= found;
  }
  return possible;
}

/** Most comparisons of an example with a record; a file that needs more is answered as not certain. */
const MOST_STEPS = 2_000_000;

/** The authentication method of a record. */
export function method(record: Directive): string {
  return record.args[3] ?? '';
}

/** Whether a record asks its clients for a certificate; `cert` always does. */
export function wantsCertificate(record: Directive): boolean {
  return (
    method(record) === 'cert' ||
    record.args.slice(4).some((option) => /^clientcert=(?:1|verify-ca|verify-full)$/.test(option))
  );
}

function carries(type: string, transport: Transport): boolean {
  if (type === 'host' || type === 'hostnogssenc') return true;
  return type === (transport === 'tls' ? 'hostssl' : 'hostnossl');
}

/** An example in the record's box that no earlier record takes away; the first certain one, else the first possible one. */
function admittedBy(record: Directive, earlier: readonly Directive[], budget: { left: number }): Admission | undefined {
  const rivals = [record, ...earlier];
  let possible: Admission | undefined;
  for (const address of addressesIn(record, rivals)) {
    for (const database of databasesIn(record, rivals)) {
      for (const user of usersIn(record, rivals, database)) {
        const example = { database, user, address: address.text };
        budget.left -= earlier.length + 1;
        if (budget.left < 0) return { record, ...example, certain: false };
        const verdict = survives(example, address, record, earlier);
        if (verdict === 'no') continue;
        const admitted = { record, ...example, certain: verdict === 'yes' };
        if (admitted.certain) return admitted;
        possible ??= admitted;
      }
    }
  }
  return possible;
}

type Truth = 'yes' | 'no' | 'maybe';

function survives(
  example: { readonly database: string; readonly user: string },
  address: Point,
  record: Directive,
  earlier: readonly Directive[],
): Truth {
  let verdict = matches(record, example, address);
  if (verdict === 'no') return 'no';
  for (const rival of earlier) {
    const taken = matches(rival, example, address);
    if (taken === 'yes') return 'no';
    if (taken === 'maybe') verdict = 'maybe';
  }
  return verdict;
}

function matches({ args }: Directive, { database, user }: { database: string; user: string }, address: Point): Truth {
  return all([
    any(list(args[0]).map((entry) => matchesDatabase(entry, database, user))),
    any(list(args[1]).map((entry) => matchesUser(entry, user))),
    matchesAddress(args[2] ?? '', address),
  ]);
}

/** A physical replication connection names no database, and only the keyword matches it. */
const REPLICATION = 'replication (no database)';

function matchesDatabase(entry: string, database: string, user: string): Truth {
  if (database === REPLICATION) return entry === 'replication' ? 'yes' : 'no';
  if (entry === 'all') return 'yes';
  if (entry === 'replication') return 'no';
  if (entry === 'sameuser') return database === user ? 'yes' : 'no';
  if (entry === 'samerole' || entry === 'samegroup') return database === user ? 'yes' : 'maybe';
  if (entry.startsWith('/') || entry.startsWith('@')) return 'maybe';
  return plain(entry) === database ? 'yes' : 'no';
}

/** Members of a role are not in the file: a user who is said to be a member is one, of others it is not known. */
function matchesUser(entry: string, user: string): Truth {
  if (entry === 'all') return 'yes';
  if (entry.startsWith('+'))
    return user === memberOf(entry) ? 'yes' : user === STRANGER || isMember(user) ? 'no' : 'maybe';
  if (entry.startsWith('/') || entry.startsWith('@')) return 'maybe';
  return plain(entry) === user ? 'yes' : 'no';
}

/** Somebody whom no record names, who is a member of nothing. */
const STRANGER = 'anybody';
const MEMBER = 'a member of ';

function memberOf(entry: string): string {
  return `${MEMBER}${plain(entry.slice(1))}`;
}

function isMember(user: string): boolean {
  return user.startsWith(MEMBER);
}

function databasesIn(record: Directive, rivals: readonly Directive[]): string[] {
  const named = names(rivals, 0).filter((entry) => !KEYWORDS.has(entry) && !/^[/@]/.test(entry));
  const users = names(rivals, 1).filter((entry) => !/^[+/@]/.test(entry) && entry !== 'all');
  return [...new Set([...named.map(plain), ...users.map(plain), 'any database', REPLICATION])].filter(
    (database) =>
      any(list(record.args[0]).map((entry) => matchesDatabase(entry, database, database))) !== 'no' ||
      hasSameUser(record),
  );
}

function hasSameUser(record: Directive): boolean {
  return list(record.args[0]).includes('sameuser');
}

function usersIn(record: Directive, rivals: readonly Directive[], database: string): string[] {
  const entries = names(rivals, 1).filter((entry) => entry !== 'all' && !/^[/@]/.test(entry));
  const users = entries.map((entry) => (entry.startsWith('+') ? memberOf(entry) : plain(entry)));
  return [...new Set([STRANGER, ...users, database])].filter(
    (user) => any(list(record.args[1]).map((entry) => matchesUser(entry, user))) !== 'no',
  );
}

const KEYWORDS = new Set(['all', 'sameuser', 'samerole', 'samegroup', 'replication']);

function names(records: readonly Directive[], field: 0 | 1): string[] {
  return records.flatMap(({ args }) => list(args[field]));
}

function list(field = ''): string[] {
  return field
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** A word in quotes loses its special meaning, and the quotes. */
function plain(entry: string): string {
  return entry.replaceAll('"', '');
}

/** An address that stands for all others that no record tells from it. */
interface Point {
  readonly text: string;
  readonly family: 4 | 6;
  readonly value: bigint;
}

function matchesAddress(field: string, point: Point): Truth {
  if (field === 'all') return 'yes';
  if (field === 'samehost' || field === 'samenet') return 'maybe';
  const block = blockOf(field);
  if (block === undefined) return 'maybe';
  return block.family === point.family && block.first <= point.value && point.value <= block.last ? 'yes' : 'no';
}

/** The first address of every cell that the blocks of the records cut the address space into, within the record's own block. */
function addressesIn(record: Directive, rivals: readonly Directive[]): Point[] {
  const points: Point[] = [];
  const blocks = rivals.map(({ args }) => blockOf(args[2] ?? '')).filter((block) => block !== undefined);
  for (const family of [4, 6] as const) {
    const last = (1n << (family === 4 ? 32n : 128n)) - 1n;
    const edges = blocks.filter((block) => block.family === family).flatMap((block) => [block.first, block.last + 1n]);
    for (const value of new Set([family === 4 ? 1n << 24n : 1n << 125n, 0n, ...edges])) {
      if (value <= last) points.push({ family, value, text: addressText(family, value) });
    }
  }
  return points.filter((point) => matchesAddress(record.args[2] ?? '', point) !== 'no');
}

/** A CIDR block, an address with a mask, or one address; undefined for host names and keywords. Host bits are ignored, as PostgreSQL does. */
function blockOf(field: string): AddressBlock | undefined {
  const [text = '', mask] = field.trim().split(/[\s/]+/);
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const width = address.family === 4 ? 32 : 128;
  const bits = mask === undefined ? width : prefixOf(mask, width);
  if (bits === undefined || bits > width) return undefined;
  const size = 1n << BigInt(width - bits);
  const first = (address.value / size) * size;
  return { family: address.family, first, last: first + size - 1n };
}

function prefixOf(mask: string, width: number): number | undefined {
  if (/^\d{1,3}$/.test(mask)) return Number(mask);
  const block = parseCidr(mask);
  if (block === undefined) return undefined;
  const bits = block.first.toString(2).padStart(width, '0');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

function addressText(family: 4 | 6, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  return Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16)).join(
    ':',
  );
}

function all(truths: readonly Truth[]): Truth {
  if (truths.includes('no')) return 'no';
  return truths.includes('maybe') ? 'maybe' : 'yes';
}

function any(truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('maybe') ? 'maybe' : 'no';
}
