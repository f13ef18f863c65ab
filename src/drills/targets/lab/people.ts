import { readFileSync } from 'node:fs';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { People } from '../../../model/drill/people.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { askOver } from '../ask.ts';

/** The provider's own grant for drills: a token without a login page. It exists in the lab only. */
const GRANT = 'urn:launchgate:params:oauth:grant-type:test-login';

/** The provider knows users `load-1` to `load-9999`. */
const CROWD = 9999;
/** Tokens that are asked for at once. */
const AT_ONCE = 16;

export function labPeople({ lab }: OpenLab, { signal }: Pick<Use, 'signal'>): People {
  return { names: { customer: 'alice', stranger: 'bob', admin: 'root' }, token, crowd };

  async function token(user: string): Promise<string> {
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
  }

  async function crowd(count: number): Promise<string[]> {
    if (count > CROWD) throw new CannotTell(`the lab has ${CROWD} customers, and ${count} are asked for`);
    const tokens: string[] = [];
    while (tokens.length < count) {
      const next = Array.from(
        { length: Math.min(AT_ONCE, count - tokens.length) },
        (_, index) => tokens.length + index,
      );
      tokens.push(...(await Promise.all(next.map((number) => token(`load-${number + 1}`)))));
    }
    return tokens;
  }
}
