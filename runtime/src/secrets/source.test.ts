import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify as verifies,
  type KeyObject,
} from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { loginOf, openSecret, Secret, SecretError, signingKeys, type SecretSource } from './index.ts';

let folder: string;
const open: SecretSource[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'launchgate-secrets-'))));
afterEach(() => {
  for (const source of open.splice(0)) source.close();
  rmSync(folder, { recursive: true });
});
async function secret(env: Record<string, string>, options: object = {}): Promise<SecretSource> {
  const source = await openSecret('API_KEY', { env, debounceMs: 20, ...options });
  open.push(source);
  return source;
}
function file(value: string | Buffer, mode = 0o400): string {
  const path = join(folder, 'value');
  writeFileSync(`${path}.new`, value, { mode: 0o600 });
  chmodSync(`${path}.new`, mode);
  renameSync(`${path}.new`, path);
  return path;
}
function changed(source: SecretSource): Promise<string> {
  return new Promise((resolve) => source.subscribe((next) => resolve(next.reveal())));
}

describe('a secret', () => {
  test('shows in nothing that prints', () => {
    const value = new Secret('API_KEY', 'canary-7');
    const lines: string[] = [];
    pino({}, { write: (line: string) => void lines.push(line) }).info({ value, nested: [{ value }] }, `${value}`);
    const all = [
      String(value),
      JSON.stringify({ value }),
      inspect({ value }, { showHidden: true, depth: 9 }),
      format('%s %o %j', value, value, value),
      `${new Error(String(value)).stack}`,
      ...lines,
      ...Object.keys(value),
      JSON.stringify(structuredClone({ ...value })),
    ];
    expect(all.join('\n')).not.toContain('canary');
    expect(value.reveal()).toBe('canary-7');
    expect([value.equals('canary-7'), value.equals('canary-8'), value.equals('')]).toEqual([true, false, false]);
  });

  test('that everybody may read is warned of once, however often it is read', async () => {
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    const source = await secret({ API_KEY_FILE: file('one', 0o644) }, { onWarning });
    for (const value of ['one', 'two']) {
      file(value, 0o644);
      await source.reload();
    }
    expect(source.current.reveal()).toBe('two');
    expect(warnings).toEqual([expect.stringContaining('open to everybody (mode 644)')]);
    file('two', 0o666);
    await source.reload();
    expect(warnings).toHaveLength(2);
  });

  test('comes from the file before the variable, without its last newline', async () => {
    const warnings: string[] = [];
    const source = await secret(
      { API_KEY: 'inline', API_KEY_FILE: file(' from file \n\n') },
      { onWarning: (text: string) => warnings.push(text) },
    );
    expect(source.current.reveal()).toBe(' from file \n');
    expect(warnings).toEqual([expect.stringContaining('both set')]);
    expect((await secret({ API_KEY: 'inline' })).current.reveal()).toBe('inline');
    expect((await secret({ API_KEY_FILE: file('x\r\n') })).current.reveal()).toBe('x');
  });

  test.each<[string, () => Record<string, string>]>([
    ['missing', () => ({})],
    ['empty', () => ({ API_KEY: '' })],
    ['an empty file', () => ({ API_KEY_FILE: file('\n') })],
    ['no file', () => ({ API_KEY_FILE: '/none', API_KEY: 'not a fallback' })],
    ['a folder', () => ({ API_KEY_FILE: folder })],
    ['too long', () => ({ API_KEY_FILE: file('x'.repeat(101)) })],
    ['binary', () => ({ API_KEY_FILE: file('a\0b') })],
    ['no text', () => ({ API_KEY_FILE: file(Buffer.from([0x61, 0xff, 0x62])) })],
  ])('that is %s ends the start', async (_, env) => {
    const failing = secret(env(), { maxBytes: 100 });
    await expect(failing).rejects.toThrow(SecretError);
    await failing.catch((error: Error) => expect(error.message).not.toContain('not a fallback'));
  });

  test('that everybody may read is warned of', async () => {
    const warnings: string[] = [];
    await secret({ API_KEY_FILE: file('x', 0o644) }, { onWarning: (text: string) => warnings.push(text) });
    expect(warnings).toEqual([expect.stringContaining('mode 644')]);
  });

  test('follows renames and the swap of a Kubernetes volume; what turns bad keeps the old one', async () => {
    const alarms: SecretError[] = [];
    for (const name of ['..1', '..2']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, '..1', 'key'), 'one');
    writeFileSync(join(folder, '..2', 'key'), 'two');
    const swap = (to: string) => (
      symlinkSync(to, join(folder, '..tmp')),
      renameSync(join(folder, '..tmp'), join(folder, '..data'))
    );
    swap('..1');
    symlinkSync('..data/key', join(folder, 'key'));
    const source = await secret(
      { API_KEY_FILE: join(folder, 'key') },
      { onAlarm: (error: SecretError) => alarms.push(error) },
    );
    const two = changed(source);
    swap('..2');
    expect(await two).toBe('two');
    writeFileSync(join(folder, '..2', 'key'), '');
    expect([await source.reload(), await source.reload(), source.current.reveal()]).toEqual([false, false, 'two']);
    expect(alarms).toHaveLength(1);
    expect(source.status.failing).toContain('empty');
  });

  test('is followed in a folder that others write to without a pause', { timeout: 10_000 }, async () => {
    const source = await secret({ API_KEY_FILE: file('one') }, { debounceMs: 400 });
    const chatter = setInterval(() => appendFileSync(join(folder, 'log'), 'line\n'), 5);
    onTestFinished(() => clearInterval(chatter));
    const two = changed(source);
    file('two');
    expect(await two).toBe('two');
  });

  test('may name its login', () => {
    const login = (text: string) => loginOf(new Secret('DATABASE_PASSWORD', text), 'api_a');
    expect(login('{"username":"api_b","password":"p"}')).toEqual({ user: 'api_b', password: 'p' });
    expect(login('{not json')).toEqual({ user: 'api_a', password: '{not json' });
    expect(login('{"a":1}')).toEqual({ user: 'api_a', password: '{"a":1}' });
  });
});

describe('signing keys', () => {
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;
  const make = () => generateKeyPairSync('ed25519').privateKey;

  test('publish before they sign, and stay published while their tokens live', async () => {
    let now = 1_000_000;
    const [one, two] = [make(), make()];
    const source = await secret({ API_KEY_FILE: file(pem(one)) });
    const keys = signingKeys({ secret: source, alg: 'EdDSA', publishMs: 60, overlapMs: 100, now: () => now });
    const token = () => {
      const { key, kid } = keys.signer();
      return { kid, signature: sign(null, Buffer.from(kid), key) };
    };
    const verify = ({ kid, signature }: ReturnType<typeof token>): boolean => {
      const jwk = keys.jwks().keys.find((key) => key['kid'] === kid);
      if (jwk === undefined) throw new Error('unknown key');
      return verifies(null, Buffer.from(kid), createPublicKey({ key: jwk, format: 'jwk' }), signature);
    };
    const first = keys.signer().kid;
    expect(keys.jwks().keys[0]).not.toHaveProperty('d');
    const old = token();
    file(pem(two));
    await source.reload();
    expect([keys.signer().kid, keys.jwks().keys.length]).toEqual([first, 2]);
    now += 59;
    expect(keys.signer().kid).toBe(first);
    now += 1;
    expect(keys.signer().kid).not.toBe(first);
    expect(verify(token())).toBe(true);
    expect(verify(old)).toBe(true);
    now += 99;
    expect(verify(old)).toBe(true);
    now += 1;
    expect(() => verify(old)).toThrow('unknown key');
    expect(verify(token())).toBe(true);
    keys.close();
  });

  test('are named by the thumbprint of RFC 8037, appendix A.3', async () => {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    };
    const source = await secret({ API_KEY: pem(createPrivateKey({ key: jwk, format: 'jwk' })) });
    const keys = signingKeys({ secret: source, alg: 'EdDSA', publishMs: 0, overlapMs: 0 });
    expect(keys.signer().kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
    keys.close();
  });

  test('that were published beforehand sign at once, and rubbish keeps the keys', async () => {
    let now = 0;
    const alarms: SecretError[] = [];
    const [one, two] = [make(), make()];
    const source = await secret({ API_KEY_FILE: file(pem(one) + pem(two)) });
    const keys = signingKeys({
      secret: source,
      alg: 'EdDSA',
      publishMs: 60,
      overlapMs: 100,
      now: () => now,
      onAlarm: (error) => alarms.push(error),
    });
    const [first, second] = keys.jwks().keys.map((key) => key['kid']);
    expect(keys.signer().kid).toBe(first);
    file(pem(two) + pem(one));
    await source.reload();
    expect(keys.signer().kid).toBe(second);
    file(pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));
    await source.reload();
    // A key beside the others that cannot be read is not passed over.
    for (const rubbish of [pem(make()).slice(0, 60), pem(make()).replaceAll('PRIVATE', 'EC PRIVATE'), '-----BEG']) {
      file(pem(one) + rubbish);
      await source.reload();
    }
    now += 1000;
    expect([keys.signer().kid, keys.jwks().keys.length, alarms.length]).toEqual([second, 2, 4]);
    keys.close();
  });
});
