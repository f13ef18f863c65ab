/** The OpenID provider of the lab. */
import { join } from 'node:path';
import { durationOf, required, runProgram, secretOf } from '../desk/environment.ts';
import { startIdentity } from '../desk/identity/server.ts';

await runProgram('identity', () =>
  startIdentity({
    address: required('HTTP_ADDR'),
    issuer: required('OIDC_ISSUER'),
    audience: required('OIDC_AUDIENCE'),
    console: required('CONSOLE_ORIGIN'),
    tls: { cert: required('TLS_CERT_FILE'), key: required('TLS_KEY_FILE') },
    keyFile: join(process.cwd(), 'signing-keys.json'),
    secrets: { api: secretOf('API_SECRET_FILE'), drills: secretOf('DRILLS_SECRET_FILE') },
    token: secretOf('IDENTITY_TOKEN_FILE'),
    accessTokenTtl: durationOf('ACCESS_TOKEN_TTL', '5m'),
  }),
);
