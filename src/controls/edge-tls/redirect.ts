/** What plain HTTP is answered with. */
import type { Edge } from '../../model/drill/edge.ts';
import { NOWHERE } from '../../proofs/edge/drill.ts';

/** A port that is closed says nothing in plain text either. */
export async function redirect(edge: Edge, declared: string, host: string) {
  const name = `${declared} answers plain HTTP with something else than a redirect to HTTPS`;
  if (edge.place.httpPort === undefined)
    return { name, value: 0, unit: 'yes or no', is: 0, detail: 'no port for plain HTTP is open' };
  const request = `GET ${NOWHERE} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const { text } = await edge.raw(host, [request], { plain: true, timeoutMs: 5000 });
  const [, status = '', location = ''] = /^HTTP\/1\.[01] (\d{3})[^]*?\r\nlocation: *(\S+)/i.exec(text) ?? [];
  const good = /^30[1278]$/.test(status) && isHere(location, host);
  return {
    name,
    value: good ? 0 : 1,
    unit: 'yes or no',
    is: 0,
    detail: text === '' ? 'no answer' : (text.split('\r\n')[0] ?? ''),
  };
}

/** The same page of the same name over HTTPS: `https://shop.example.evil` begins alike. */
function isHere(location: string, host: string): boolean {
  const { protocol, hostname, pathname } = URL.parse(location) ?? {};
  return protocol === 'https:' && hostname === host.toLowerCase() && pathname === NOWHERE;
}
