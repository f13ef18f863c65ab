/** The head of a `node:http` request, judged as it goes out: raw headers and those that are set late are in it too. */
import type { ClientRequest } from 'node:http';
import { Refusal } from './errors.ts';
import type { Target } from './target.ts';

/** Not in the types: the head as text once it is formed, and what forms it. */
const HEAD = '_header';
const FORM = '_implicitHeader';
interface Forming {
  [HEAD]: string | null;
  [FORM](): void;
}

/** Throws `Refusal` where the head is there already; a request whose head is formed later is destroyed with it, before a byte is sent. */
export function holdHead(request: ClientRequest, target: Target): void {
  const forming = request as unknown as Forming;
  if (forming[HEAD] !== null) return judgeHead(forming[HEAD], target);
  const form = forming[FORM].bind(request);
  forming[FORM] = () => {
    form();
    try {
      judgeHead(forming[HEAD] ?? '', target);
    } catch (error) {
      request.destroy(error as Refusal);
    }
  };
}

/** Tunnels, absolute paths, and a `Host` that is not the target. Node lets no line break into a head. */
function judgeHead(head: string, target: Target): void {
  const [first = '', ...headers] = head.split('\r\n');
  const [method, path = ''] = first.split(' ');
  if (method === 'CONNECT') throw new Refusal({ reason: 'method' });
  if (!path.startsWith('/') && !(method === 'OPTIONS' && path === '*')) throw new Refusal({ reason: 'path' });
  const hosts = headers.filter((line) => /^host:/i.test(line)).map((line) => line.slice('host:'.length).trim());
  if (hosts.some((host) => namedBy(host, target) !== target.host)) throw new Refusal({ reason: 'host-header' });
}

/** The host that a `Host` header names; empty where it is no host or has another port. */
function namedBy(header: string, target: Target): string {
  const url = URL.parse(`${target.secure ? 'https' : 'http'}://${header}/`);
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '') return '';
  const port = url.port === '' ? (target.secure ? 443 : 80) : Number(url.port);
  return port === target.port ? url.hostname.replace(/^\[|\]$|\.$/g, '') : '';
}
