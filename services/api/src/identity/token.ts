/** An access token (RFC 9068 in spirit: Keycloak's and oidc-provider's JWTs) becomes a principal, or is refused. */
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import { Problem, unavailable } from '../http/problem.ts';
import { KeysUnavailable, type KeySet } from './keys.ts';

/** Who asks, as the identity provider says it. Times are seconds since 1970. */
export interface Principal {
  readonly sub: string;
  readonly tenant: string;
  readonly roles: readonly string[];
  readonly jti: string | undefined;
  readonly sid: string | undefined;
  readonly kid: string;
  readonly iat: number;
  readonly exp: number;
}

export interface VerifierOptions {
  readonly keys: KeySet;
  readonly issuer: string;
  readonly audience: string;
  /** Seconds that clocks may differ. */
  readonly clockSkew?: number;
}

export type Verify = (token: string) => Promise<Principal>;

/** Asymmetric ones only: with an HMAC, whoever verifies could also sign. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const MAX_TOKEN = 12_288;

const claims = z.object({
  sub: z.string().regex(/^[A-Za-z0-9_.:@-]{1,128}$/),
  tenant: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  roles: z.array(z.string().max(64)).max(64).default([]),
  jti: z.string().min(1).max(256).optional(),
  sid: z.string().min(1).max(256).optional(),
  iat: z.int().positive(),
  exp: z.int().positive(),
});

export function createVerifier({ keys, issuer, audience, clockSkew = 5 }: VerifierOptions): Verify {
  return async (token) => {
    if (token.length > MAX_TOKEN) throw unauthorized('The token is too long.');
    const { payload, kid } = await verified(token);
    const parsed = claims.safeParse(payload);
    if (!parsed.success) {
      const names = [...new Set(parsed.error.issues.map(({ path }) => path[0]))].join(', ');
      throw unauthorized(`The token's claims are missing or malformed: ${names}.`);
    }
    const { jti, sid } = parsed.data;
    return { ...parsed.data, jti, sid, kid };
  };

  async function verified(token: string): Promise<{ payload: JWTPayload; kid: string }> {
    try {
      const options = {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: clockSkew,
        requiredClaims: ['exp', 'iat', 'sub'],
      };
      const { payload, protectedHeader } = await jwtVerify(token, keys, options);
      // A token from the future was not made by a clock that we could compare revocations with.
      if ((payload.iat ?? 0) > Date.now() / 1000 + clockSkew)
        throw new errors.JWTClaimValidationFailed('iat', payload, 'iat');
      // The only key of a set verifies a token that names none, and by no name could that key be revoked.
      const { kid } = protectedHeader;
      if (typeof kid !== 'string') throw new errors.JWSInvalid('the token does not name its key');
      return { payload, kid };
    } catch (error) {
      if (error instanceof KeysUnavailable) throw unavailable('The identity provider does not answer.', error);
      if (error instanceof errors.JWTExpired) throw unauthorized('The token has expired.', error);
      throw unauthorized('The token is not valid.', error);
    }
  }
}

/** The token of `Authorization: Bearer …` (RFC 6750, section 2.1). */
export function bearerToken(header: string | undefined): string {
  const match = /^Bearer +([A-Za-z0-9_~+/.=-]+) *$/i.exec(header ?? '');
  if (match?.[1] === undefined) throw unauthorized('A bearer token is needed.');
  return match[1];
}

function unauthorized(detail: string, cause?: unknown): Problem {
  return new Problem(401, 'Unauthorized', detail, {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    cause,
  });
}
