/** Secrets that text names without a separator: markup, command lines, SQL, and sentences. */
import type { SecretKeys } from './keys.ts';
import { redactItems } from './pairs.ts';
import { REDACTED } from './shapes.ts';

const ELEMENT = /<([\w:.-]{1,64})(\s[^<>]{0,256})?>(?:<!\[CDATA\[)?([^<]{1,8192})(?=<\/|\]\]>)/g;
const OPTION = /(^|[\s"'`[,])(--?[A-Za-z][\w-]{1,63})(\s+|["'`],\s{0,4}["'`])(?![-=:])([^\s"'`]{1,1024})/g;
/** `<add key="password" value="…">`, `<input type="password" value="…">`, `<password value="…">`. */
const ATTRIBUTE = /<([\w:.-]{1,64})(\s[^<>]{0,512}?\bvalue\s{0,2}=\s{0,2}\\{0,8}["'])([^"'<>\\]{1,8192})/gi;
const NAMES = /\b(?:name|key|id|type)\s{0,2}=\s{0,2}\\{0,8}["']([^"'\\]{1,96})/gi;
/** `-u user:password`; where one of the two is empty, the other is the secret. Each may have quotes of its own. */
const CURL =
  /((?:^|[\s"'`])(?:-u|--user|--proxy-user)(?:["'`],\s{0,4}["'`]|\s{0,4}["']?))(?:[^\s:"']{0,128}(?:["']?:["'][^"'\r\n]{1,256}(?=["'])|:[^\s"']{1,256})|[^\s:"'\\]{1,128}:(?=["']|\s{1,4}https?:))/g;
const TOOL =
  /(\b(?:redis-cli|mysql\w{0,8}|mariadb\w{0,8}|mongo\w{0,8}|sshpass|ldap\w{1,8}|clickhouse-client|(?:docker|podman|nerdctl|buildah|skopeo|oras|az|oc|helm\sregistry|crane\sauth)\slogin)\b[^\r\n]{0,200}?[\s"'`]-(?:a|p|w)(?:["'`],\s{0,4}["'`]|\s?["']?))[^\s"']{1,256}/g;
const QUOTED =
  /\b(pass(?:word|wd|phrase|code)?|secret|token|api[ _-]?key|identified\s{1,4}by|credentials?)(\s{1,4}(?:is|was|of|for\s\S{1,64})?\s{0,4})(["'`])[^"'`\r\n]{1,512}\3/gi;
/** A line of a configuration: `db_password "x";`. */
const STATEMENT = /(?<![\w.-])([A-Za-z][\w.-]{1,63})(\s{0,4}(["']))[^"'\r\n]{1,512}(?=\3\s{0,4};)/g;
const SENTENCE =
  /\b(pass(?:word|wd|phrase|code)|secret|token|api[ _-]?key|pin)\s{1,4}(?:(?:is|was)(?:\s|:){1,4}|(?:provided|given|supplied|received|presented)\s{0,2}:\s{0,4})([^\s"'`,;]{1,512})/gi;
/** What a sentence says about a secret without telling it. */
const ABOUT =
  /^(?:not|no|now|too|a|an|the|in|required|incorrect|invalid|wrong|missing|expired|empty|weak|valid|correct|set|unset|null|undefined|malformed|revoked|unknown|being|only|for|already|never|still|ok|okay|changed|reset|stored|unreadable|older|from|issued|\[redacted\].*)[.:!?]?$/i;
const REDIS = /\b(AUTH|HELLO \d AUTH)((?:\s{1,4}["']?[^\s"']{1,256}["']?){1,2})/g;
/** Lines of configuration files, of netrc and of `aws configure`: a name, and its secret without a separator. */
const DIRECTIVE =
  /\b(requirepass|masterauth|auth-pass\s{1,4}\S{1,128}|configure\s{1,4}set\s{1,4}aws_s\w{4,32}|machine\s{1,4}\S{1,256}\s{1,8}login\s{1,4}\S{1,256}\s{1,8}password|vault\s{1,4}login|\S{0,128}:_(?:authToken|password))(\s{1,8}["']?)([^\s"'=:]{1,1024})/g;
/** MySQL: `SET PASSWORD FOR 'jane'@'%' = 'x'`. */
const SET_PASSWORD =
  /\b(set\s{1,4}password\s{1,4}for\s{1,4}[^\s=]{1,128}\s{0,4}=\s{0,4}(?:password\s?\(\s?)?)(["'])[^"'\r\n]{1,512}/gi;
const SETUSER = /\bsetuser\s[^\r\n]{1,1024}/gi;
const FORM =
  /(name=\\?["']?([^"'\r\n\\]{1,128})\\?["']?[^\r\n]{0,200}(?:\r?\n|\\r\\n)(?:[A-Z][\w-]{1,64}:[^\r\n]{0,200}\r?\n)?(?:\r?\n|\\r\\n))([^\r\n]{1,8192})/gi;

export function redactProse(text: string, keys: SecretKeys): string {
  let out = text;
  if (out.includes('</') || out.includes(']]>'))
    out = out.replace(ELEMENT, (all, name: string, attributes: string | undefined, value: string) =>
      isNamed(keys, name, attributes) ? `${all.slice(0, all.length - value.length)}${REDACTED}` : all,
    );
  if (out.includes('<') && /value\s{0,2}=/i.test(out))
    out = out.replace(ATTRIBUTE, (all, name: string, head: string) =>
      isNamed(keys, name, head) ? `<${name}${head}${REDACTED}` : all,
    );
  if (out.includes('-'))
    out = out
      .replace(OPTION, (all, lead: string, name: string, gap: string) =>
        keys.isSecret(name) ? `${lead}${name}${gap}${REDACTED}` : all,
      )
      .replace(CURL, `$1${REDACTED}`)
      .replace(TOOL, `$1${REDACTED}`);
  if (out.includes(',')) out = redactItems(out, keys, REDACTED);
  if (/name=/i.test(out))
    out = out.replace(FORM, (all, head: string, name: string) => (keys.isSecret(name) ? `${head}${REDACTED}` : all));
  return out
    .replace(SET_PASSWORD, `$1$2${REDACTED}`)
    .replace(QUOTED, (_, name: string, gap: string, quote: string) => `${name}${gap}${quote}${REDACTED}${quote}`)
    .replace(STATEMENT, (all, name: string, gap: string) => (keys.isSecret(name) ? `${name}${gap}${REDACTED}` : all))
    .replace(SENTENCE, (all, _name: string, value: string) =>
      ABOUT.test(value) ? all : `${all.slice(0, -value.length)}${REDACTED}`,
    )
    .replace(DIRECTIVE, (all, name: string, gap: string, value: string) =>
      ABOUT.test(value) ? all : `${name}${gap}${REDACTED}`,
    )
    .replace(SETUSER, (line) => line.replace(/(\s["']?[<>#!])[^\s"']{1,256}/g, `$1${REDACTED}`))
    .replace(REDIS, `$1 ${REDACTED}`);
}

/** Whether an element is named like a secret, or has an attribute that names one. */
function isNamed(keys: SecretKeys, name: string, attributes = ''): boolean {
  if (keys.isSecret(name)) return true;
  for (const [, named = ''] of attributes.matchAll(NAMES)) if (keys.isSecret(named)) return true;
  return false;
}
