/**
 * From text to a target, parsed once by WHATWG `URL`, which turns decimal, octal, hexadecimal, short, percent-encoded and
 * full-width forms of an address into the plain one. Everything after this works on its result, never on the text.
 */
import { isIP } from 'node:net';
import { Refusal } from './errors.ts';
import type { EgressPolicy } from './policy.ts';

export interface Target {
  readonly secure: boolean;
  /** An address without brackets, or a name in lower case without its final dot. */
  readonly host: string;
  readonly port: number;
  readonly literal: boolean;
}

const LONGEST_URL = 8192;
/** What WHATWG drops or turns around, and other parsers do not: they would see another host. */
// oxlint-disable-next-line no-control-regex
const AMBIGUOUS = /[\u0000-\u0020\u007f\\]/;
const PLAIN_START = /^https?:\/\/[^/?#]/i;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** Throws `Refusal`. The port and an address in the URL are judged here, a name's addresses when it is resolved. */
export function parseUrl(policy: EgressPolicy, input: string | URL): { url: URL; target: Target } {
  const text = typeof input === 'string' ? input : input.href;
  if (text.length > LONGEST_URL) throw new Refusal({ reason: 'url-too-long' });
  if (AMBIGUOUS.test(text) || !PLAIN_START.test(text)) throw new Refusal({ reason: 'url' });
  const authority = text.slice(text.indexOf('//') + 2).split(/[/?#]/, 1)[0] ?? '';
  if (authority.includes('@')) throw new Refusal({ reason: 'userinfo' });
  const url = URL.parse(text);
  if (url === null) throw new Refusal({ reason: 'url' });
  return { url, target: targetOf(policy, url) };
}

function targetOf(policy: EgressPolicy, url: URL): Target {
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:') throw new Refusal({ reason: 'scheme' });
  if (url.username !== '' || url.password !== '') throw new Refusal({ reason: 'userinfo' });
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return makeTarget(policy, url.hostname, port, secure);
}

/** The host as `URL` says it: brackets around IPv6 are taken off. Throws `Refusal`. */
export function makeTarget(policy: EgressPolicy, hostname: string, port: number, secure: boolean): Target {
  const host = normalHost(hostname);
  if (!policy.allowedPorts.has(port)) throw new Refusal({ reason: 'port', host, port });
  const literal = isIP(host) !== 0;
  if (literal) {
    const verdict = policy.judge(host);
    if (verdict !== 'allowed') throw new Refusal({ reason: verdict, host, port, address: host });
  } else refuseName(host, port);
  return { secure, host, port, literal };
}

/** For hosts that no `URL` has seen yet, as those of `http.request` and `connect`: through `URL`, so that forms are one. */
export function canonicalHost(host: string): string {
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  if (AMBIGUOUS.test(host) || /[/?#@%]/.test(host)) throw new Refusal({ reason: 'url' });
  const url = URL.parse(`http://${bracketed}/`);
  if (url === null || url.port !== '') throw new Refusal({ reason: 'url' });
  return url.hostname;
}

/** For the log: no path, query or userinfo, which may be secrets. Empty where there is no host to be seen. */
export function hostOf(input: string | URL): string {
  const url = typeof input === 'string' ? URL.parse(input) : input;
  return (url?.host ?? '').slice(0, 300);
}

function normalHost(hostname: string): string {
  if (hostname.startsWith('[') && hostname.endsWith(']')) return hostname.slice(1, -1);
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

/** Names of this machine are refused before anyone is asked; what else points inside is found by its address. */
function refuseName(host: string, port: number): void {
  const labels = host.split('.');
  if (host === '' || host.length > 253 || !labels.every((label) => LABEL.test(label)))
    throw new Refusal({ reason: 'name', host: host.slice(0, 300), port });
  const last = labels.at(-1) ?? '';
  if (last === 'localhost' || last === 'localdomain' || /^ip6-(?:localhost|loopback)$/.test(host) || /^\d+$/.test(last))
    throw new Refusal({ reason: 'loopback', host, port });
}
