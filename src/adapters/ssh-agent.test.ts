import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aStatement } from '../../test/ledger-fixtures.ts';
import { needs } from '../../test/need.ts';
import { signStatement, verifyWith } from '../ledger/envelope.ts';
import { parsePublicKey } from './keys.ts';
import { agentKeys, agentSigner } from './ssh-agent.ts';

const hasAgent = ['ssh-agent', 'ssh-add', 'ssh-keygen'].map(needs).every(Boolean);
const folder = mkdtempSync(join(tmpdir(), 'launchgate-agent-'));
const socket = join(folder, 'agent');
const env = { SSH_AUTH_SOCK: socket };
let agent: ChildProcess | undefined;

function addKey(type: string, comment: string): string {
  const path = join(folder, comment);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', comment, '-f', path]);
  execFileSync('ssh-add', ['-q', path], { env: { ...process.env, ...env }, stdio: 'pipe' });
  return `${path}.pub`;
}

beforeAll(async () => {
  if (!hasAgent) return;
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  // Its socket is there a moment before it answers.
  const answers = () =>
    agentKeys(socket).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await sleep(10);
});

afterAll(() => {
  agent?.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(hasAgent)('a real ssh-agent', () => {
  it('without keys, or with keys of other kinds only, is refused', async () => {
    await expect(agentSigner(env)).rejects.toThrow('its keys: none');
    addKey('ecdsa', 'other-kind');
    await expect(agentSigner(env)).rejects.toThrow('its keys: none');
  });

  it('signs statements with its one Ed25519 key', async () => {
    const publicKey = parsePublicKey(readFileSync(addKey('ed25519', 'alice@laptop'), 'utf8'), 'alice.pub');
    const signer = await agentSigner(env);
    expect(Buffer.from(signer.publicKey).equals(Buffer.from(publicKey))).toBe(true);
    expect(verifyWith(await signStatement(aStatement('one'), [signer]), publicKey)).toBe(true);
  });

  it('with several keys wants one of them named: by fingerprint, comment or key ID', async () => {
    const path = addKey('ed25519', 'bob@laptop');
    await expect(agentSigner(env)).rejects.toThrow('exactly one');
    const bob = await agentSigner(env, 'bob@laptop');
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', path]).toString().split(' ')[1] ?? '';
    expect((await agentSigner(env, fingerprint)).keyId).toBe(bob.keyId);
    expect((await agentSigner(env, bob.keyId)).keyId).toBe(bob.keyId);
    await expect(agentSigner(env, 'carol')).rejects.toThrow('for carol');
    expect((await agentKeys(socket)).map(({ comment }) => comment)).toEqual(['alice@laptop', 'bob@laptop']);
  });

  it('that no longer holds the key refuses to sign', async () => {
    const bob = await agentSigner(env, 'bob@laptop');
    execFileSync('ssh-add', ['-q', '-d', join(folder, 'bob@laptop')], {
      env: { ...process.env, ...env },
      stdio: 'pipe',
    });
    await expect(bob.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'key-invalid' });
  });
});

describe('an agent that misbehaves', () => {
  let server: Server | undefined;
  const path = join(folder, 'false-agent');

  afterEach(async () => {
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  });

  function answering(...replies: Buffer[]): Promise<void> {
    server = createServer((connection) => {
      connection.on('data', () => connection.end(replies.shift() ?? Buffer.alloc(0)));
      connection.on('error', () => undefined);
    });
    return new Promise((resolve) => server?.listen(path, resolve));
  }

  const string = (bytes: Uint8Array | string) => {
    const body = Buffer.from(bytes);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  };
  const raw = Buffer.from(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const blob = Buffer.concat([string('ssh-ed25519'), string(raw)]);
  const one = string(Buffer.concat([Buffer.of(12, 0, 0, 0, 1), string(blob), string('eve')]));

  it.each([
    ['closes at once', Buffer.alloc(0)],
    ['claims an endless answer', Buffer.from('ffffffff0c', 'hex')],
    ['refuses', string(Buffer.of(5))],
    ['claims keys it does not send', string(Buffer.from('0c0000ffff', 'hex'))],
    [
      'sends a key that is cut short',
      string(Buffer.concat([Buffer.of(12, 0, 0, 0, 1), string(blob.subarray(0, 30)), string('')])),
    ],
  ])('because it %s is an error', async (_, reply) => {
    await answering(reply);
    await expect(agentSigner({ SSH_AUTH_SOCK: path })).rejects.toMatchObject({ code: 'key-invalid' });
  });

  it('because its answer comes byte by byte and never ends is an error, in time', async () => {
    server = createServer((connection) => {
      const drip = setInterval(() => connection.write(Buffer.of(0)), 20);
      connection.on('close', () => clearInterval(drip)).on('error', () => undefined);
      connection.write(Buffer.of(0, 0, 0xff, 0xff, 12));
    });
    await new Promise<void>((resolve) => server?.listen(path, resolve));
    await expect(agentKeys(path, 300)).rejects.toThrow('does not answer in time');
  });

  it('because it calls a key by the fingerprint of another is an error', async () => {
    const wanted = 'SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s';
    await answering(string(Buffer.concat([Buffer.of(12, 0, 0, 0, 1), string(blob), string(wanted)])));
    await expect(agentSigner({ SSH_AUTH_SOCK: path }, wanted)).rejects.toThrow('does not hold one ssh-ed25519 key for');
  });

  it('because its signature is not the key’s is an error', async () => {
    const signature = Buffer.concat([string('ssh-ed25519'), string(randomBytes(64))]);
    await answering(one, string(Buffer.concat([Buffer.of(14), string(signature)])));
    const signer = await agentSigner({ SSH_AUTH_SOCK: path });
    await expect(signer.sign(Buffer.from('x'))).rejects.toThrow('not that of');
  });

  it('because there is none is an error', async () => {
    await expect(agentSigner({})).rejects.toThrow('SSH_AUTH_SOCK is not set');
    await expect(agentSigner({ SSH_AUTH_SOCK: join(folder, 'nowhere') })).rejects.toMatchObject({
      code: 'key-invalid',
    });
  });
});
