import { randomUUID } from 'node:crypto';
import { errors, type Provider } from 'oidc-provider';
import { grantFor, resourceOf, resourceServer, SCOPE, TEST_LOGIN, type IdentityOptions } from './configuration.ts';
import { userOf } from './users.ts';

/** Adds the grant with which a drill gets a user's token: `grant_type=…test-login&user=alice`, optionally `sid` to choose the session. */
export function addTestLogin(provider: Provider, options: IdentityOptions): void {
  provider.registerGrantType(
    TEST_LOGIN,
    async (context) => {
      const { client, params } = context.oidc;
      const user = userOf(params['user']);
      if (user === undefined || !/^[A-Za-z0-9_-]{0,64}$/.test(params['sid'] ?? ''))
        throw new errors.InvalidGrant('no such user');
      const grantId = await grantFor(provider, options, { clientId: client.clientId, accountId: user.id });
      const token = new provider.AccessToken({
        client,
        accountId: user.id,
        grantId,
        gty: 'test_login',
        scope: SCOPE,
        sessionUid: params['sid'] ?? randomUUID(),
      });
      token.resourceServer = new provider.ResourceServer(resourceOf(options), resourceServer(options));
      const value = await token.save();
      context.body = { access_token: value, token_type: 'Bearer', expires_in: token.expiration, scope: SCOPE };
    },
    ['user', 'sid'],
  );
}
