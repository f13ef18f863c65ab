import type { Named } from './credential.ts';
import { strengthOf } from './names.ts';
import { registryPassword } from './registry-logins.ts';

/** Forms in which a line says name and value together. */
const FORMS = [
  /^\s*(?<name>requirepass|masterauth)\s+"?(?<value>[^"\s]+)"?\s*$/g,
  /^\s*(?:set\s+\$|proxy_set_header\s+)(?<name>[\w-]+)\s+["']?(?<value>[^"'\s;]+)["']?\s*;/g,
  /<(?<name>[\w.-]+)>(?<value>[^<>]+)<\/\k<name>>/g,
  /\b(?:name|key)="(?<name>[^"]+)"\s+value="(?<value>[^"]+)"/g,
  /[?&](?<name>[\w.-]+)=(?<value>[^&\s"'<>;]+)/g,
  /\b(?<name>authorization)["']?\s*[:=]\s*["']?(?<value>(?:basic|bearer|token)\s+[\w.~+/=-]{8,})/gi,
];

/** Forms of passwords alone: of SQL, and of the access list of a Redis. */
const PASSWORDS = [
  /\b(?<name>password|identified by)\s+'(?<value>[^']+)'/i,
  /^\s*(?<name>user\s+\S+)\s(?:.*\s)?>(?<value>\S+)/,
];

/** The login to a registry of npm, which no other name says: user and password in Base64. */
const NPM_LOGIN = /(?<![\w-])(?<name>_auth)(?:\s*=\s*|\s+)["']?(?<auth>[\w+/]+=*)/;

const PAIR = /^\s*(?:-\s+)?(?:export\s+|\/\/\S+:)?["']?(?<name>[\w./-]+)["']?\s*(?<mark>:=|=>|[:=])\s*(?<value>.*)$/;

/** `- name: DB_PASSWORD`, and `value: …` on the line below it. */
const NAME = /^\s*(?:-\s+)?["']?name["']?\s*[:=]\s*["']?(?<name>[\w./-]+)["']?,?\s*$/;
const VALUE_BELOW = /^\s*["']?value["']?\s*[:=](?<value>.*)$/;

/** A member of a mapping that stands on one line: `{ user: app, password: … }`. */
const MEMBER =
  /["']?(?<name>[\w.-]+)["']?\s*:\s*(?:"(?<double>(?:\\.|[^"\\])*)"|'(?<single>[^']*)'|(?<bare>[^\s,{}[\]"']+))/g;

/** What a line of a configuration file says, in the notations that such files have in common. */
export function* inLine(line: string, next: string): Generator<Named> {
  for (const form of FORMS)
    for (const { groups } of line.matchAll(form))
      yield { name: groups?.['name'] ?? '', value: groups?.['value'] ?? '' };
  for (const form of PASSWORDS) {
    const found = form.exec(line)?.groups;
    if (found !== undefined) yield { name: found['name'] ?? '', value: found['value'] ?? '', strength: 'sure' };
  }
  const npm = NPM_LOGIN.exec(line)?.groups;
  const password = npm && registryPassword(npm);
  if (password !== undefined) yield { name: '_auth', value: password, kind: 'a registry login' };
  const name = NAME.exec(line)?.groups?.['name'];
  if (name !== undefined) yield* written(name, VALUE_BELOW.exec(next)?.groups?.['value'] ?? '');
  if (/^\s*(?:-\s+)?[[{]/.test(line)) yield* members(line);
  const pair = PAIR.exec(line)?.groups;
  if (pair !== undefined) yield* written(pair['name'] ?? '', pair['value'] ?? '', pair['mark']);
}

/** A value as it is written: in quotes, bare, or a mapping on one line. */
function* written(name: string, text: string, mark = ':'): Generator<Named> {
  const value = text.trim();
  if (/^[[{]/.test(value)) {
    yield* members(value);
    return;
  }
  const quoted = /^(?<quote>["'])(?<value>(?:\\.|(?!\k<quote>).)*)\k<quote>\s*[,;]?\s*(?:#.*|\/\/.*)?$/.exec(value);
  if (quoted !== null) yield { name, value: quoted.groups?.['value'] ?? '' };
  if (/^["']/.test(value)) return;
  const bare = value.replace(/\s+(?:#|;|\/\/).*$/, '').replace(/;$/, '');
  const assigns = mark === ':=' || mark === '=>' || /^(?:this|self)\./.test(name);
  if (!assigns && !isCode(bare)) yield { name, value: bare };
}

/** Of `{ name: DB_PASSWORD, value: … }` the value stands under the name that is given. */
function* members(mapping: string): Generator<Named> {
  let called: string | undefined;
  for (const { groups } of mapping.matchAll(MEMBER)) {
    const quoted = groups?.['double'] ?? groups?.['single'];
    const value = quoted ?? groups?.['bare'] ?? '';
    const name = (groups?.['name'] === 'value' ? called : groups?.['name']) ?? '';
    if (groups?.['name'] === 'name') called = value;
    if (quoted !== undefined) yield { name, value };
    // `{ password: hashed }` of a script refers to a variable.
    else if (!isCode(value) && strengthOf(name) !== 'none') yield { name, value, strength: 'likely' };
  }
}

/** Where programs keep what they were told, so that `config.password` is a way to a value. */
const ROOTS =
  /^(?:args|argv|self|this|config|cfg|conf|settings|env|environ|process|os|var|local|data|module|request|req|ctx|context|params|props|options|opts|secrets|github|steps|needs|inputs|values|each|event|state|user|viper|system)$/i;

/** Whether a value without quotes is an expression of some language: a call, an element, `args.password`, an argument before a comma. */
export function isCode(value: string): boolean {
  if (/^[A-Za-z_$][\w$.]*(?:\(.*\)|\[.*\])|[,)]$/.test(value)) return true;
  if (!/^[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+$/.test(value)) return false;
  const steps = value.split(/\.|->|::/);
  return ROOTS.test(steps[0] ?? '') || steps.some((step) => strengthOf(step) !== 'none');
}
