/**
 * Secrets in lists. After a string that is a secret name the next item is its value: raw headers are `[name, value, name, value]`, entries are
 * alike. Arguments of a command may be the secret themselves, or follow an option that only says so beside the command.
 */
import { isCommand, isSecretArgument } from './commands.ts';
import type { SecretKeys } from './keys.ts';

const MAX_NAME = 96;
const MAX_ARGUMENTS = 24;
/** Commands whose `-a`, `-p` or `-w` is a password, with it or in front of it. */
const TOOLS =
  /(?:^|[/\\])(?:redis-cli|mysql\w{0,8}|mariadb\w{0,8}|mongo\w{0,8}|sshpass|ldap\w{1,8}|clickhouse-client)$/;
/** Those whose `-p` is a port. */
const PORTED = /(?:redis-cli|ldap\w{1,8})$/;
/** Commands of which that is so behind `login`, or behind `registry login`. */
const LOGINS = /(?:^|[/\\])(?:docker|podman|nerdctl|buildah|skopeo|oras|az|oc|helm|crane)$/;
const DASH = 45;
const OPTION = /^-[apw]/;
/** `user:password` is told by its form. */
const USER = /^(?:-u|-U|--user|--proxy-user)$/;
const CREDENTIALS = /^(?!\d{1,10}:\d{1,10}$)[^:]{0,128}:(?!\/\/)[^]/;
/** The rules of a user in Redis that are passwords, or hashes of them, begin with one of these. */
const RULES = ['<', '>', '#', '!'];

/** Whether the item is a secret by what stands before it. `tool` is the command where the list holds its arguments only. */
export function isSecretItem(keys: SecretKeys, list: readonly unknown[], index: number, tool?: unknown): boolean {
  const item = list[index];
  if (item === null || typeof item === 'boolean') return false;
  const before = index === 0 ? undefined : list[index - 1];
  const isName = typeof before === 'string' && before.length <= MAX_NAME && !(index === 1 && isCommand(before));
  if (isName && keys.isSecret(before)) return true;
  if (typeof item !== 'string') return false;
  if (isRedis(list, index, item)) return true;
  if (typeof before === 'string' && before.charCodeAt(0) === DASH && isValue(list, index, before, item, tool))
    return true;
  if (item.charCodeAt(0) === DASH && item.length > 2 && OPTION.test(item) && isToolBefore(list, index, tool, item))
    return true;
  return isCommand(tool ?? list[0]) && index > 0 && isSecretArgument(lineBefore(list, index, tool), item);
}

/** The command and its arguments up to the one at `index`; an argument of several words stands as one. */
function lineBefore(list: readonly unknown[], index: number, tool: unknown): string {
  return [tool, ...list.slice(0, Math.min(index, MAX_ARGUMENTS))]
    .filter((word) => typeof word === 'string' && word.length <= MAX_NAME)
    .map((word) => String(word).replace(/\s+/g, '_'))
    .join(' ');
}

/** `AUTH user password`, also behind `HELLO 3`, and the rules of `ACL SETUSER`. */
function isRedis(list: readonly unknown[], index: number, item: string): boolean {
  if (index < 2) return false;
  if (list[index - 2] === 'AUTH' || (index === 2 && list.length === 3 && list[0] === 'auth')) return true;
  return RULES.includes(item.charAt(0)) && /^acl$/i.test(String(list[0])) && /^setuser$/i.test(String(list[1]));
}

function isValue(list: readonly unknown[], index: number, option: string, item: string, tool: unknown): boolean {
  if (USER.test(option)) return CREDENTIALS.test(item);
  return (
    option.length === 2 && !item.startsWith('-') && OPTION.test(option) && isToolBefore(list, index - 1, tool, option)
  );
}

function isToolBefore(list: readonly unknown[], index: number, tool: unknown, option: string): boolean {
  const words = [tool, ...list.slice(0, index)].filter((word) => typeof word === 'string' && word.length <= MAX_NAME);
  return words.some(
    (word, at) =>
      (TOOLS.test(word as string) && !(option.startsWith('-p') && PORTED.test(word as string))) ||
      (LOGINS.test(word as string) && words.slice(at + 1, at + 3).includes('login')),
  );
}
