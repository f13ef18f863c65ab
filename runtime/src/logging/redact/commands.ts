/** Secrets on command lines: behind options that say so, and where a tool has its password by position or by a letter. */
import type { SecretKeys } from './keys.ts';
import { quotedAt } from './quotes.ts';
import { ABOUT } from './sentences.ts';
import { REDACTED } from './shapes.ts';
import { looksRandom } from './vague.ts';

const OPTION =
  /(^|[\s"'`[,])(--?[A-Za-z][\w-]{1,63})(\s{1,16}(?:<<<\s{0,4})?|["'`],\s{0,4}["'`])(?![-=:])(?=([^\s"'`]{1,1024})?)/g;
/** `-u user:password`; where one of the two is empty, the other is the secret. Each may have quotes of its own. */
const CURL =
  /((?:^|[\s"'`])(?:-u|--user|--proxy-user)(?:["'`],\s{0,4}["'`]|\s{0,4}["']?))(?!\d{1,10}:\d{1,10}(?![\w!-/:-@]))(?:[^\s:"']{0,128}(?:["']?:["'][^"'\r\n]{1,256}(?=["'])|:[^\s"']{1,256})|[^\s:"'\\]{1,128}:(?=["']|\s{1,4}https?:))/g;
/** The same in one quote with blanks in it, with `-u` behind other letters, and what curl and HTTPie have of the kind. */
const USER = /((?:^|\s)(?:-u|--user|--proxy-user)(?:\s{1,4}|=)(["']))[^\s:"']{0,128}:[^"'\r\n]{1,256}(?=\2)/g;
const CLIENT =
  /(\b(?:curl|https?)\s(?:[^\r\n]{0,400}?\s)??(?:-[a-tv-zA-Z]{1,8}u|-[aEUb]|--(?:cert|cookie|auth))(?:\s{1,4}|=)["']?)[^\s:="']{0,128}[:=][^\s"']{1,1024}/g;
/** Tools whose `-a`, `-p` or `-w` is a password, with it or in front of it; of some `-p` is a port. */
const TOOL =
  /(\b(?:(?:redis-cli|ldap\w{1,8})\b[^\r\n]{0,200}?[\s"'`]-[aw]|(?:mysql\w{0,8}|mariadb\w{0,8}|mongo\w{0,8}|sshpass|clickhouse-client|twine|7z[ar]?|(?:un)?rar|(?:docker|podman|nerdctl|buildah|skopeo|oras|az|oc|helm\sregistry|crane\sauth)\slogin)\b[^\r\n]{0,200}?[\s"'`]-[apw])(?:["'`],\s{0,4}["'`]|\s?["']?))[^\s"']{1,256}/g;
/** Tools whose password stands behind a letter that others have for something else. */
const LETTER =
  /(\b(?:(?:sqlcmd|bcp|ipmitool|mosquitto_\w{3}|(?:un)?zip)\b[^\r\n]{0,200}?\s-P|(?:[Pp][Ss][Ee][Xx][Ee][Cc](?:64)?|hydra|rdesktop|cadaver|crackmapexec|nxc)\b[^\r\n]{0,200}?\s-p|ssh-keygen\b[^\r\n]{0,200}?\s-N|(?:openssl\s[^\r\n]{0,200}?\s-[kK]|snmp\w{1,16}\b[^\r\n]{0,200}?\s-[AXc]|doctl\sauth\s[^\r\n]{0,200}?\s-t|codecov\b[^\r\n]{0,200}?\s-t|influx\b[^\r\n]{0,200}?\s-t)(?=\s))\s{0,4}["']?)(?!\[redacted)[^\s"']{1,256}/g;
/** And those that have it by its position. */
const POSITION = new RegExp(
  [
    '(\\b(?:',
    [
      'htpasswd\\s{1,4}-\\w{0,4}b\\w{0,4}\\s{1,4}\\S{1,128}\\s{1,4}\\S{1,64}',
      'rabbitmqctl\\s(?:[^\\r\\n]{0,128}\\s)?(?:add_user|change_password|authenticate_user)\\s{1,4}\\S{1,64}',
      'net\\suser\\s{1,4}\\S{1,64}',
      'net\\suse\\s(?:[^\\r\\n]{0,200}?\\s/user:\\S{1,128}|\\S{1,64}\\s{1,4}\\\\\\\\\\S{1,200}(?=\\s\\S{1,128}\\s/user:))',
      'lftp\\s(?:[^\\r\\n]{0,200}?\\s)?-u\\s{0,4}[^\\s,]{1,128},(?=\\S)',
      'wpa_passphrase\\s{1,4}\\S{1,64}',
      '(?:snyk\\sauth|ngrok\\s(?:authtoken|config\\sadd-authtoken))',
      'poetry\\sconfig\\s{1,4}(?:pypi-token\\.\\S{1,64}|http-basic\\.\\S{1,64}\\s{1,4}\\S{1,128})',
      'mysqladmin\\s[^\\r\\n]{0,200}?password',
      'mc\\salias\\sset\\s{1,4}\\S{1,64}\\s{1,4}\\S{1,256}\\s{1,4}\\S{1,128}',
      'rclone\\s(?:obscure|config\\spassword\\s{1,4}\\S{1,64}\\s{1,4}\\S{1,64})',
      '(?:cargo\\slogin|vault\\s(?:login|operator\\sunseal|token\\s(?:lookup|renew|revoke)))',
      'ConvertTo-SecureString(?:\\s{1,4}-String)?',
    ].join('|'),
    ')(?:\\s{1,4}["\']?|(?<=,)))(?![-/])([^\\s"\']{1,512})',
  ].join(''),
  'gi',
);
/** What is sent to the standard input of a tool that reads a password there. */
const PIPED =
  /(\b(?:echo|printf)\s{1,4}(?:-\w{1,3}\s{1,4}|["']%s(?:\\n)?["']\s{1,4})?)("[^"\r\n]{1,512}"|'[^'\r\n]{1,512}'|[^\s"'|]{1,512})(?=\s{0,4}\|[^|\r\n]{0,200}?(?:--password-stdin|--stdin|--with-token|--passphrase-fd|\bsudo\s(?:-\w{1,4}\s){0,4}-\w{0,4}S|\bchpasswd))/g;
/** Each pair of what is put into a store of secrets, whatever its name. */
const STORED =
  /\b(?:kubectl|oc)\s[^\r\n]{0,200}?create\s{1,4}secret\s[^\r\n]{1,4096}|\bvault\s(?:kv\s(?:put|patch)|write)\s[^\r\n]{1,4096}/g;
const PAIR =
  /((?:--from-literal[\s=]{1,4}["']?|\s(?!-))[\w./-]{1,128}=)(?:"(?:[^"\\\r\n]|\\.){1,1024}"|(?:'[^'\r\n]{1,1024}'(?:\\'')?){1,8}|[^\s"']{1,1024})/g;
const ORACLE =
  /(\b(?:sqlplus|expdp|impdp|sqlldr|rman\starget)\s(?:-\w{1,4}\s){0,4}["']?[\w$#]{1,64}\/)[^\s"'@]{1,256}/g;
const SAMBA = /((?:^|\s)-U\s{0,4}["']?[^\s%"']{1,128}%)[^\s"']{1,256}/g;
/** A word of those that have secrets by position. */
const POSITIONED =
  /htpasswd|rabbitmqctl|net\suse|lftp|wpa_pass|snyk|ngrok|poetry|mysqladmin|mc\salias|rclone|cargo|vault|securestring|create\s{1,4}secret|sqlplus|expdp|impdp|sqlldr|rman/i;
/** All of these commands. */
const COMMAND =
  /^(?:\S{0,128}\/)?(?:htpasswd|rabbitmqctl|net|mysqladmin|mc|rclone|cargo|vault|kubectl|oc|sqlplus|expdp|impdp|sqlldr|rman|curl|https?|sqlcmd|bcp|ipmitool|mosquitto_\w{3}|(?:un)?zip|ssh-keygen|openssl|snmp\w{1,16}|influx|7z[ar]?|(?:un)?rar|twine|smbclient)$/;
const MAX_COMMAND = 256;
/** Stands for an argument that is more than a word. */
const PROBE = 'x1';
/** A letter with a blank or another letter before it, as options have. */
const LETTERED = /(?:^|[\s"'`])-{1,2}[A-Za-z]/;
const SETX = /(\bsetx\s{1,4}([\w.-]{1,96})\s{1,4}["']?)[^\s"']{1,1024}/gi;

export function redactCommands(text: string, keys: SecretKeys): string {
  const named = LETTERED.test(text) ? redactOptions(text, keys) : text;
  const set = !/\bsetx\s/i.test(named)
    ? named
    : named.replace(SETX, (all, head: string, name: string) => (keys.isSecret(name) ? `${head}${REDACTED}` : all));
  const piped = set.includes('|') ? set.replace(PIPED, `$1${REDACTED}`) : set;
  return POSITIONED.test(piped) ? redactPositions(piped) : piped;
}

function redactPositions(text: string): string {
  return text
    .replace(POSITION, (all, head: string, value: string) => (ABOUT.test(value) ? all : `${head}${REDACTED}`))
    .replace(STORED, (line) =>
      line.includes('--from-literal') || line.startsWith('vault') ? line.replace(PAIR, `$1${REDACTED}`) : line,
    )
    .replace(ORACLE, `$1${REDACTED}`);
}

function redactOptions(text: string, keys: SecretKeys): string {
  return redactLetters(named(text, keys));
}

function redactLetters(text: string): string {
  const lettered = text
    .replace(USER, `$1${REDACTED}`)
    .replace(CURL, `$1${REDACTED}`)
    .replace(CLIENT, `$1${REDACTED}`)
    .replace(TOOL, `$1${REDACTED}`)
    .replace(LETTER, `$1${REDACTED}`)
    .replace(SAMBA, `$1${REDACTED}`);
  // SNMP has two of them, and what was looked over for the first is behind it.
  return lettered.includes('snmp') ? lettered.replace(LETTER, `$1${REDACTED}`) : lettered;
}

/** Whether a list that begins with this word may be a command that has secrets by position or by a letter. */
export function isCommand(word: unknown): boolean {
  return typeof word === 'string' && word.length <= MAX_COMMAND && COMMAND.test(word);
}

/** Whether the argument `item` is a secret by the command and the arguments before it. */
export function isSecretArgument(before: string, item: string): boolean {
  const word = item === '' || /[\s"'|]/.test(item) ? PROBE : item;
  return redactPositions(redactLetters(`${before} ${word}`)).endsWith(REDACTED);
}

/** What stands behind `--password`, in quotes or without. */
function named(text: string, keys: SecretKeys): string {
  let out = '';
  let done = 0;
  OPTION.lastIndex = 0;
  for (let match = OPTION.exec(text); match !== null; match = OPTION.exec(text)) {
    const name = match[2] ?? '';
    const isSecret = keys.isSecret(name);
    if (!isSecret && !keys.isVague(name)) continue;
    const start = OPTION.lastIndex;
    const bare = match[4] ?? '';
    const quoted = bare === '' ? quotedAt(text, start) : undefined;
    const extent = quoted ?? { start, end: start + bare.length };
    if (extent.end <= extent.start) continue;
    if (!isSecret && !looksRandom(text.slice(extent.start, extent.end))) continue;
    out += `${text.slice(done, extent.start)}${REDACTED}`;
    done = extent.end;
    OPTION.lastIndex = quoted?.after ?? done;
  }
  return done === 0 ? text : out + text.slice(done);
}
