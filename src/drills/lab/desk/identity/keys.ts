/** Signing keys of the provider: two are published, the first signs. They outlive a restart in a file that only its owner reads. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const jwk = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  use: z.literal('sig'),
  alg: z.literal('ES256'),
});
const stored = z.object({ keys: z.array(jwk).min(2).max(4), cookie: z.string().min(20) });

export type SigningKey = z.infer<typeof jwk>;

export interface KeyFile {
  keys(): readonly SigningKey[];
  readonly cookie: string;
  /** The second key signs from now on; a new one is published behind it, and the one that signed stays to be verified until the next turn. */
  rotate(): void;
}

export function openKeys(path: string): KeyFile {
  let { keys, cookie } = existsSync(path)
    ? stored.parse(JSON.parse(readFileSync(path, 'utf8')))
    : { keys: [newKey(), newKey()], cookie: randomBytes(32).toString('base64url') };
  const save = (): void => {
    writeFileSync(`${path}.new`, JSON.stringify({ keys, cookie }), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  save();
  return {
    keys: () => keys,
    cookie,
    rotate() {
      const [signing, next] = keys;
      if (signing === undefined || next === undefined) throw new RangeError('there are fewer than two keys');
      keys = [next, newKey(), signing];
      save();
    },
  };
}

/** Named by its thumbprint (RFC 7638), so that equal names mean equal keys. */
function newKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y, d } = privateKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined || d === undefined) throw new RangeError('no EC key');
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
  return { kty: 'EC', crv: 'P-256', x, y, d, kid, use: 'sig', alg: 'ES256' };
}
