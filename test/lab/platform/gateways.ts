/** Which gateway holds a session: each one is asked as an operator, with the lab's own certificate. */
import { readFileSync } from 'node:fs';
import { ask, until, type Platform } from './platform.ts';

export function gatewayOf(platform: Platform, user: string): Promise<string> {
  return until(`a gateway with a session of ${user}`, async () => {
    for (const gateway of platform.open.lab.replicas('terminal-gateway'))
      if ((await sessionsOf(platform, gateway, user)) > 0) return gateway;
    return undefined;
  });
}

async function sessionsOf({ open: { lab } }: Platform, gateway: string, user: string): Promise<number> {
  const { ca, cert, key } = lab.client;
  const { status, text } = await ask(
    {
      port: lab.port(gateway, 'https'),
      servername: 'localhost',
      ca: readFileSync(ca),
      cert: readFileSync(cert),
      key: readFileSync(key),
      path: `/admin/sessions?user=${user}`,
      method: 'GET',
    },
    {},
  );
  if (status !== 200) throw new Error(`${gateway} answers ${status} ${text}`);
  return (JSON.parse(text) as { sessions: unknown[] }).sessions.length;
}
