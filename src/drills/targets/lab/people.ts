import { readFileSync } from 'node:fs';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { People } from '../../../model/drill/people.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { askOver } from '../ask.ts';

/** The provider's own grant for drills: a token without a login page. It exists in the lab only. */
const GRANT = 'urn:launchgate:params:oauth:grant-type:test-login';

export function labPeople({ lab }: OpenLab, { signal }: Pick<Use, 'signal'>): People {
  return {
    names: { customer: 'alice', stranger: 'bob', admin: 'root' },
    async token(user) {
      const credentials = Buffer.from(`drills:${lab.secret('oidc-drills')}`).toString('base64');
      const { status, text } = await askOver(
        {
          address: '127.0.0.1',
          port: lab.port('identity', 'https'),
          host: 'localhost',
          ca: readFileSync(lab.client.ca, 'utf8'),
        },
        '/token',
        {
          method: 'POST',
          headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
          body: `grant_type=${encodeURIComponent(GRANT)}&user=${encodeURIComponent(user)}`,
        },
        signal,
      );
      if (status !== 200) throw new CannotTell(`the identity provider answers ${status} for ${user}`);
      return (JSON.parse(text) as { access_token: string }).access_token;
    },
  };
}
