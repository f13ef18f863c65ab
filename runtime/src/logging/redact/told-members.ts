/** Members that are secrets because another member of their object says so, and members whose own name says too little. */
import { isQuantity } from './keys.ts';
import { attempt, type Plain, type Walk } from './plain.ts';
import { REDACTED } from './shapes.ts';
import { areSecretParameters } from './sql.ts';
import { looksRandom, SHORTEST } from './vague.ts';

/** Commands of Redis whose arguments are credentials. */
const COMMANDS = /^(?:auth|hello|acl|config|migrate)$/i;
/** Where an object that names its secret in one property has it in another. */
const VALUES = new Set(
  'value val values v content args params parameter parameters bindings headerValue defaultValue received input data Value Values VALUE VALUES ParameterValue'.split(
    ' ',
  ),
);
/** The property that names it. */
const NAMES = new Set(
  'name key header headerName field k param parameter id Name Key Header Field Param Id NAME KEY HEADER ParameterKey'.split(
    ' ',
  ),
);
/** Members that are values beside a validator's path or a statement only. */
const ELSEWHERE = new Set(['received', 'input', 'data', 'bindings', 'params']);
/** What a validator was given under a member's path. */
const VALIDATED = new Set(['value', 'received', 'input', 'data']);
/** Where a change has what was changed, and the values before it and after it. */
const CHANGED = new Set('field property column attribute setting variable label question'.split(' '));
const CHANGES = new Set(
  'value values old new from to before after previous current oldValue newValue old_value new_value answer'.split(' '),
);
const MAX_NAME = 96;
const SCHEMES = /^(?:bearer|basic|digest|dpop|negotiate|ntlm|api-?key)$/i;

/** Whether another member says that this one is a secret, or was changed from or to one. */
export function isToldSecret(walk: Walk, value: object, member: string): boolean {
  return (
    (VALUES.has(member) && isNamedSecret(walk, value, member)) || (CHANGES.has(member) && isChangedSecret(walk, value))
  );
}

/** What is left of a secret that another property names: as under its name itself, that there is one, and what counts something. */
export function hidden(value: object, key: string): Plain {
  const record = value as Record<string, unknown>;
  const it = attempt(() => record[key]);
  if (it === null || typeof it === 'boolean') return it;
  if (typeof it !== 'number') return REDACTED;
  const names = Object.keys(record).filter((name) => NAMES.has(name));
  return names.some((name) => isQuantity(String(attempt(() => record[name])), String(it))) ? it : REDACTED;
}

/** `{name: "authorization", value: "…"}`, as HTTP archives and forms have it. */
function isNamedSecret(walk: Walk, value: object, member: string): boolean {
  const record = value as Record<string, unknown>;
  const { name, command, scheme, type, op, path, instancePath, property } = record;
  if (VALIDATED.has(member) && (isName(walk, lastOf(path)) || isName(walk, instancePath) || isName(walk, property)))
    return true;
  if (ELSEWHERE.has(member)) return isBound(walk, record, member);
  for (const word of [name, command]) if (typeof word === 'string' && COMMANDS.test(word)) return true;
  if (typeof scheme === 'string' && SCHEMES.test(scheme)) return true;
  // A parameter of AWS, an output of Terraform.
  if (record['Type'] === 'SecureString' || record['sensitive'] === true) return true;
  // An input of a form; an operation of JSON Patch (RFC 6902).
  if (type === 'password' || (typeof op === 'string' && isName(walk, path))) return true;
  for (const key in record)
    if (NAMES.has(key) && (isName(walk, record[key]) || isVagueMember(walk, record, key, member))) return true;
  return false;
}

/** A path of members, as validators have it: the last one is the member's name. A path of a URL is none. */
function lastOf(path: unknown): unknown {
  if (Array.isArray(path)) return path.at(-1);
  return typeof path === 'string' && !path.startsWith('/') ? path : undefined;
}

/** Parameters beside their statement, printed as one string. */
function isBound(walk: Walk, record: Record<string, unknown>, member: string): boolean {
  return (
    typeof record[member] === 'string' && /^(?:bindings|params)$/.test(member) && areSecretParameters(walk.keys, record)
  );
}

/** The value is looked at only where the name asks for it: it may be a getter. */
function isVagueMember(walk: Walk, record: Record<string, unknown>, key: string, member: string): boolean {
  const name = record[key];
  if (typeof name !== 'string' || !walk.keys.isVague(name)) return false;
  return isVagueSecret(
    walk,
    name,
    attempt(() => record[member]),
  );
}

/** `{field: "password", old: "…", new: "…"}`, as trails of changes have it. */
function isChangedSecret(walk: Walk, value: object): boolean {
  const record = value as Record<string, unknown>;
  for (const key in record) if (CHANGED.has(key) && isName(walk, record[key])) return true;
  return false;
}

export function isName(walk: Walk, name: unknown): boolean {
  return typeof name === 'string' && name.length <= MAX_NAME && walk.keys.isSecret(name);
}

export function isVagueSecret(walk: Walk, name: unknown, value: unknown): boolean {
  if (typeof name !== 'string' || typeof value !== 'string') return false;
  if (value.length < SHORTEST || name.length > MAX_NAME) return false;
  return walk.keys.isVague(name) && looksRandom(value);
}
