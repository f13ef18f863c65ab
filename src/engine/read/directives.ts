import type { DirectiveClass } from '../../model/document.ts';
import { readCodeowners } from './codeowners.ts';
import { readDockerfile } from './dockerfile.ts';
import { readEnvFile } from './env-file.ts';
import type { DirectiveFile } from './lines.ts';
import { readNginx } from './nginx.ts';
import { readPgHba } from './pg-hba.ts';
import { readPostgresConf } from './postgres-conf.ts';
import { readRedisAcl } from './redis-acl.ts';
import { readRedisConf } from './redis-conf.ts';

const READERS: Readonly<Record<DirectiveClass, (text: string, path: string) => DirectiveFile>> = {
  dockerfile: readDockerfile,
  codeowners: readCodeowners,
  'redis-conf': readRedisConf,
  'redis-acl': readRedisAcl,
  'postgres-conf': readPostgresConf,
  'pg-hba': readPgHba,
  'nginx-conf': readNginx,
  'env-file': readEnvFile,
};

/** Reads a line-based file of a known class. Never throws. */
export function readDirectives(kind: DirectiveClass, text: string, path: string): DirectiveFile {
  return READERS[kind](text, path);
}
