import type { DirectiveClass } from '../../model/document.ts';

/** What a text of a name that says little (`default.conf`, `app.acl`) is, by the lines only one kind of file has. */
export function classifyText(text: string): DirectiveClass | undefined {
  const head = text.slice(0, SAMPLE);
  return SIGNS.find(([, ...signs]) => signs.every((sign) => sign.test(head)))?.[0];
}

/** As much of a file as is looked at. */
const SAMPLE = 64 * 1024;

const SIGNS: readonly (readonly [DirectiveClass, ...RegExp[]])[] = [
  ['nginx-conf', /^[ \t]*(?:server|upstream\s+\S+|location\s+\S.*|http|events|stream)\s*\{/m, /;[ \t]*(?:#.*)?\r?$/m],
  [
    'pg-hba',
    /^[ \t]*(?:local|host(?:no)?(?:ssl|gssenc)?)[ \t]+\S+[ \t]+\S+[ \t]+.*\b(?:trust|reject|scram-sha-256|md5|password|gss|sspi|ident|peer|ldap|radius|cert|pam)\b/m,
  ],
  ['redis-acl', /^[ \t]*user[ \t]+\S+[ \t]+.*(?:\bon\b|\boff\b|[~&%+>#])/m],
  [
    'redis-conf',
    /^[ \t]*(?:appendonly|maxmemory(?:-policy)?|protected-mode|requirepass|aclfile|replicaof|masterauth|rename-command)[ \t]+\S/m,
  ],
  [
    'postgres-conf',
    /^[ \t]*(?:shared_buffers|wal_level|max_wal_senders|listen_addresses|archive_mode|hot_standby)[ \t]*=?[ \t]*\S/m,
  ],
];
