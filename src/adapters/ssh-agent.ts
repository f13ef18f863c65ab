import { createHash, createPublicKey, verify } from 'node:crypto';
import { createConnection } from 'node:net';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Signer } from '../model/evidence.ts';
import { parseSshKey } from './keys.ts';

/** Message numbers of the agent protocol. https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent/ */
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;

const MAX_REPLY_BYTES = 256 * 1024;
const LIST_TIMEOUT_MS = 10_000;
/** Agents may ask a person to confirm. */
const SIGN_TIMEOUT_MS = 120_000;

/** A key that the agent offers. */
export interface AgentKey {
  readonly blob: Uint8Array;
  readonly comment: string;
  /** `SHA256:` as ssh-add -l prints it. */
  readonly fingerprint: string;
  readonly publicKey: Uint8Array;
}

/**
 * A signer whose private key stays in the agent at `SSH_AUTH_SOCK`. `choice` is a fingerprint, a key ID or a comment; without
 * it the agent must hold exactly one ssh-ed25519 key. Throws `key-invalid` where no key, or more than one, answers to it.
 */
export async function agentSigner(env: Readonly<Record<string, string | undefined>>, choice?: string): Promise<Signer> {
  const socket = env['SSH_AUTH_SOCK'];
  if (socket === undefined || socket === '')
    throw failed('SSH_AUTH_SOCK is not set: no ssh-agent to sign with', 'Start one: eval "$(ssh-agent)" && ssh-add.');
  const key = choose(await agentKeys(socket), choice);
  return { keyId: sha256(key.publicKey), publicKey: key.publicKey, sign: (data) => signWith(socket, key, data) };
}

/** The ssh-ed25519 keys of an agent; keys of other kinds, certificates and hardware-bound ones included, are left out. */
export async function agentKeys(socket: string, timeoutMs = LIST_TIMEOUT_MS): Promise<AgentKey[]> {
  const reply = new Reader(await ask(socket, Buffer.of(REQUEST_IDENTITIES), IDENTITIES_ANSWER, timeoutMs));
  const keys: AgentKey[] = [];
  for (let left = reply.number(); left > 0; left -= 1) {
    const blob = reply.string();
    const comment = reply.string().toString('utf8');
    if (new Reader(blob).string().toString() !== 'ssh-ed25519') continue;
    const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
    keys.push({ blob, comment, fingerprint, publicKey: parseSshKey(blob, 'ssh-agent') });
  }
  return keys;
}

function choose(keys: readonly AgentKey[], choice: string | undefined): AgentKey {
  const fitting = keys.filter((key) => choice === undefined || answersTo(key, choice));
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  const held =
    keys.map(({ fingerprint, comment }) => `${fingerprint} ${comment.replaceAll(/\s+/g, ' ')}`).join(', ') || 'none';
  const wanted = choice === undefined ? 'exactly one ssh-ed25519 key' : `one ssh-ed25519 key for ${choice}`;
  throw failed(
    `The agent does not hold ${wanted}; its keys: ${held}.`,
    'Add the key with ssh-add, unlock the agent with ssh-add -X, or name the fingerprint of the key.',
  );
}

/** A comment is anybody's text: where a fingerprint or a key ID was named, none that reads like it stands for the key. */
function answersTo({ fingerprint, publicKey, comment }: AgentKey, choice: string): boolean {
  if (/^sha256:/i.test(choice)) return choice === fingerprint || choice === sha256(publicKey);
  return choice === comment;
}

async function signWith(socket: string, key: AgentKey, data: Uint8Array): Promise<Uint8Array> {
  const noFlags = Buffer.alloc(4);
  const request = Buffer.concat([Buffer.of(SIGN_REQUEST), string(key.blob), string(data), noFlags]);
  const reply = new Reader(await ask(socket, request, SIGN_RESPONSE, SIGN_TIMEOUT_MS));
  const signature = new Reader(reply.string());
  const algorithm = signature.string().toString();
  const bytes = signature.string();
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.publicKey]);
  const isOwn = verify(null, data, createPublicKey({ key: spki, format: 'der', type: 'spki' }), bytes);
  if (algorithm !== 'ssh-ed25519' || !isOwn)
    throw failed(
      `The agent's signature is not that of ${key.fingerprint}.`,
      'Remove and add the key again with ssh-add.',
    );
  return bytes;
}

/** Sends one message and returns the body of the reply, which must be of the wanted kind. */
function ask(path: string, request: Uint8Array, wanted: number, timeoutMs: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const connection = createConnection(path);
  const refuse = (what: string) => reject(failed(`ssh-agent at ${path}: ${what}`, 'See that it runs: ssh-add -l.'));
  let reply: Buffer = Buffer.alloc(0);
  // Over all of the answer: one that comes byte by byte would keep a connection from ever being idle.
  const timer = setTimeout(() => refuse('it does not answer in time'), timeoutMs);
  connection.on('error', (error) => refuse(error.message));
  connection.on('close', () => refuse('it closed the connection'));
  connection.on('data', (data: Buffer) => {
    reply = Buffer.concat([reply, data]);
    const length = reply.length < 4 ? undefined : reply.readUInt32BE(0);
    if (length !== undefined && (length < 1 || length > MAX_REPLY_BYTES))
      return refuse('its answer has no sensible length');
    if (length === undefined || reply.length < 4 + length) return undefined;
    if (reply[4] === wanted) resolve(reply.subarray(5, 4 + length));
    return refuse('it refused');
  });
  connection.write(string(request));
  return promise.finally(() => {
    clearTimeout(timer);
    connection.destroy();
  });
}

function string(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads the SSH wire format; anything that does not fit is an error. */
class Reader {
  #rest: Buffer;

  constructor(bytes: Uint8Array) {
    this.#rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    return this.#take(4).readUInt32BE(0);
  }

  string(): Buffer {
    return this.#take(this.number());
  }

  #take(length: number): Buffer {
    if (length > this.#rest.length)
      throw failed('The answer of ssh-agent is cut short.', 'See that it runs: ssh-add -l.');
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

function failed(what: string, next: string): LaunchgateError {
  return new LaunchgateError('key-invalid', what, { next });
}
