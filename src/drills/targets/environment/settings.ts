/**
 * How an environment is reached: a YAML file of the operator's, outside of every repository, that `LAUNCHGATE_TARGET_NAME` names. Secrets
 * are in files or variables that it names; none is in it, none on a command line.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseWithSchema } from '../../../engine/load-spec.ts';
import { LaunchgateError } from '../../../model/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const secret = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable') }),
  z.strictObject({ file: z.string().min(1) }),
]);
const person = z.strictObject({ name: z.string().min(1), token: secret });

const bucket = z.strictObject({
  /** Of the endpoint; of the store's own bucket where it is not said. */
  url: z.url().optional(),
  region: z.string().optional(),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket'),
  prefix: z.string().default(''),
});
/** How a store's backups are reached that lie behind an API. */
const backup = z.union([
  z.strictObject({
    s3: bucket.extend({
      url: z.url(),
      region: z.string(),
      ca: z.string().optional(),
      accessKey: secret,
      secretKey: secret,
      sessionToken: secret.optional(),
      /** The bucket that it is replicated to. */
      replica: bucket,
      /** An empty place that restores go to; neither of the other two buckets. */
      into: bucket,
      /** How long a drill waits for what it wrote to be in the replica. */
      patience: z.string().default('60s'),
    }),
  }),
  z.strictObject({
    /** Elasticsearch or OpenSearch. */
    search: z.strictObject({
      url: z.url(),
      ca: z.string().optional(),
      /** The whole header: `ApiKey …`, `Basic …`. */
      authorization: secret.optional(),
      repository: z.string().regex(/^[\w.-]+$/, 'expected the name of a repository'),
      indices: z
        .string()
        .regex(/^[\w.,*-]+$/, 'expected names of indices')
        .default('*,-.*'),
    }),
  }),
]);

const settingsSchema = z.strictObject({
  /** How it proves which environment it is; each must be enrolled in the policy. */
  identity: z
    .strictObject({
      kubernetes: z.strictObject({ kubeconfig: z.string().optional(), context: z.string().optional() }).optional(),
      postgres: z.strictObject({ url: secret }).optional(),
      /** Prints the account, and nothing else: `[aws, sts, get-caller-identity, --query, Account, --output, text]`. */
      account: z.strictObject({ command: z.array(z.string()).min(1) }).optional(),
    })
    .refine((identity) => Object.values(identity).some((one) => one !== undefined), 'expected at least one way'),
  edge: z
    .strictObject({
      /** Where to connect instead of what the host's name resolves to. */
      address: z.string().optional(),
      port: z.int().min(1).max(65_535).default(443),
      plainPort: z.int().min(1).max(65_535).optional(),
      ca: z.string().optional(),
    })
    .optional(),
  metrics: z.strictObject({ url: z.url(), token: secret.optional() }).optional(),
  people: z.strictObject({ customer: person, stranger: person, admin: person }).optional(),
  /** By store of the spec. */
  databases: z.record(z.string(), z.strictObject({ url: secret })).default({}),
  /** By store of the spec. */
  backups: z.record(z.string(), backup).default({}),
});

export type Settings = z.infer<typeof settingsSchema>;
export type Secret = z.infer<typeof secret>;

/** Settings with the way to read what they name. */
export interface OpenSettings extends Settings {
  /** Path of the file that they are from. */
  readonly file: string;
  /** Reads a secret. Throws `usage` where it is not there. */
  secret(named: Secret): string;
  path(named: string): string;
}

/** The variable that names the settings of an environment: `LAUNCHGATE_TARGET_STAGING`. */
function settingsVariable(environment: string): string {
  return `LAUNCHGATE_TARGET_${environment.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** The file that holds the settings of an environment. Throws `usage` where none is named. */
export function settingsFile(environment: string, env: Environment): string {
  const variable = settingsVariable(environment);
  const file = env[variable];
  if (file !== undefined && file !== '') return resolve(file);
  throw new LaunchgateError('usage', `nothing says how ${environment} is reached`, {
    next: `Write its settings into a file (see docs/drills.md) and name it in ${variable}.`,
  });
}

/** Reads the settings of an environment. Throws `usage` for a file that is none, or that others may write. */
export function readSettings(environment: string, file: string, env: Environment): OpenSettings {
  const variable = settingsVariable(environment);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new LaunchgateError('usage', `${variable} names ${file}, which is no file`);
  if ((stat.mode & 0o022) !== 0)
    throw new LaunchgateError('usage', `${file} can be written by others, who could lead a drill elsewhere`, {
      next: `Run "chmod go-w ${file}".`,
    });
  const settings = parseWithSchema(settingsSchema, readFileSync(file, 'utf8'), file, 'usage');
  const path = (named: string): string => (isAbsolute(named) ? named : join(dirname(file), named));
  return { ...settings, file, path, secret: (named) => readSecret(named, env, path) };
}

function readSecret(named: Secret, env: Environment, path: (named: string) => string): string {
  if ('file' in named) {
    const file = path(named.file);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return readFileSync(file, 'utf8').trim();
    throw new LaunchgateError('usage', `there is no file ${file}`);
  }
  const value = env[named.env];
  if (value !== undefined && value !== '') return value;
  throw new LaunchgateError('usage', `the environment variable ${named.env} is not set`);
}
