/** Everything that the agent reads from its environment. What is wrong is said at once, all of it, before anything is opened. */
import { join } from 'node:path';
import {
  address,
  ConfigInvalid,
  duration,
  flag,
  integer,
  list,
  readConfig as read,
  type WithParts,
} from '@launchgate/runtime/config';
import { z } from 'zod';
import { ownAccount, type ShellAccount } from './environment.ts';
import type { Limits } from './limits.ts';
import type { RecordingPolicy } from './recorder.ts';

/** Parts that the lab may switch off, so that a drill can show that it notices. */
const PARTS = ['drain', 'readiness', 'redaction'] as const;

const text = z.string().min(1);
const variables = z.object({
  DEPLOYMENT_ENVIRONMENT: text.default('production'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  AGENT_ADDR: address.prefault(':7443'),
  HEALTH_ADDR: address.prefault(':8081'),
  METRICS_ADDR: address.prefault(':9090'),
  TLS_CERT_FILE: text,
  TLS_KEY_FILE: text,
  TLS_CA_FILE: text,
  GATEWAY_IDENTITIES: list.pipe(z.array(z.string().startsWith('spiffe://')).min(1)),
  NODE_ID: text.optional(),
  SHELL_PATH: text.optional(),
  SHELL_USER: text.optional(),
  SHELL_HOME: text.optional(),
  SHELL_UID: integer(0, 4_294_967_294).optional(),
  SHELL_GID: integer(0, 4_294_967_294).optional(),
  RING_BYTES: integer(65_536, 16_777_216).prefault('524288'),
  MAX_SESSIONS_PER_NODE: integer(1, 4000).prefault('200'),
  MAX_SESSIONS_PER_USER: integer(1, 4000).prefault('8'),
  SESSION_ABSOLUTE_TIMEOUT: duration().prefault('8h'),
  SESSION_IDLE_TIMEOUT: duration().prefault('1h'),
  SESSION_DETACHED_TIMEOUT: duration().prefault('15m'),
  DETACHED_HOLD: duration().prefault('30s'),
  DETACHED_OUTPUT_LIMIT: integer(0, 1_099_511_627_776).prefault('67108864'),
  DETACHED_POLICY: z.enum(['pause', 'end']).default('pause'),
  KILL_GRACE: duration().prefault('5s'),
  RECORDING_DIR: text.optional(),
  RECORDING_FORMAT: z.enum(['2', '3']).default('2'),
  RECORDING_INPUT: flag.prefault('false'),
  RECORDING_FAILURE: z.enum(['refuse', 'continue']).default('refuse'),
  RECORDING_MAX_BYTES: integer(65_536, 1_099_511_627_776).prefault('1073741824'),
  SHUTDOWN_PROPAGATION_DELAY: duration().prefault('0s'),
  SHUTDOWN_DRAIN_WINDOW: duration().prefault('20s'),
});

type Variables = WithParts<z.infer<typeof variables>, (typeof PARTS)[number]>;
export interface AgentConfig extends Variables {
  readonly limits: Partial<Limits>;
  readonly account: ShellAccount;
  readonly recording: RecordingPolicy | undefined;
}

/** @throws ConfigInvalid naming each variable that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): AgentConfig {
  const config = read(variables, environment, PARTS);
  const problem = accountProblem(config);
  if (problem !== undefined) throw new ConfigInvalid([problem]);
  return { ...config, limits: limitsOf(config), account: accountOf(config), recording: recordingOf(config) };
}

/** Only with user and group together does node-pty start a shell as somebody else; with one of them the shell is of the agent's own account. */
function accountProblem({ SHELL_UID, SHELL_GID, DEPLOYMENT_ENVIRONMENT }: Variables): string | undefined {
  if (SHELL_UID === undefined && SHELL_GID === undefined)
    return process.getuid?.() === 0 && DEPLOYMENT_ENVIRONMENT !== 'lab'
      ? 'SHELL_UID, SHELL_GID: the agent runs as root; say whose the shells are (both 0 if they shall be of root)'
      : undefined;
  if (SHELL_GID === undefined) return 'SHELL_GID: SHELL_UID is set, and has no effect without it; set both or neither';
  if (SHELL_UID === undefined) return 'SHELL_UID: SHELL_GID is set, and has no effect without it; set both or neither';
  return undefined;
}

function limitsOf(config: Variables): Partial<Limits> {
  return {
    ringBytes: config.RING_BYTES,
    sessionsPerNode: config.MAX_SESSIONS_PER_NODE,
    sessionsPerUser: config.MAX_SESSIONS_PER_USER,
    absolute: config.SESSION_ABSOLUTE_TIMEOUT,
    idle: config.SESSION_IDLE_TIMEOUT,
    detached: config.SESSION_DETACHED_TIMEOUT,
    detachedHold: config.DETACHED_HOLD,
    detachedOutput: config.DETACHED_OUTPUT_LIMIT,
    detachedPolicy: config.DETACHED_POLICY,
    killGrace: config.KILL_GRACE,
  };
}

function accountOf(config: Variables): ShellAccount {
  const own = ownAccount();
  return {
    shell: config.SHELL_PATH ?? own.shell,
    args: own.args,
    home: config.SHELL_HOME ?? own.home,
    name: config.SHELL_USER ?? own.name,
    uid: config.SHELL_UID,
    gid: config.SHELL_GID,
  };
}

function recordingOf(config: Variables): RecordingPolicy | undefined {
  if (config.RECORDING_DIR === undefined) return undefined;
  return {
    folder: join(config.RECORDING_DIR),
    version: config.RECORDING_FORMAT === '3' ? 3 : 2,
    input: config.RECORDING_INPUT,
    onFailure: config.RECORDING_FAILURE,
    maxBytes: config.RECORDING_MAX_BYTES,
  };
}
