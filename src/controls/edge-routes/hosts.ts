/** Whether anything answers to a host that nobody declared. */
import { CannotTell } from '../../model/drill/drill.ts';
import type { Edge } from '../../model/drill/edge.ts';
import { eachOf, END_OF_HEAD, headOf, requestBytes, type RawHead } from '../../proofs/edge/drill.ts';

const ANSWER_MS = 5000;
const AT_ONCE = 4;
const UNAUTHORIZED = 401;
/** A name that nobody can have (RFC 6761 §6.4). */
const NOBODY = 'launchgate-drill.invalid';
/** Names under which platforms keep what is theirs alone. */
const PRIVATE_NAMES = ['grafana', 'prometheus', 'alertmanager', 'argocd', 'admin', 'internal', 'vault'];

/**
 * Hosts that are asked for, and those of them that are served. They are asked for as by a client that verifies certificates, and as by one that does not care:
 * it names a host that the edge knows in its handshake, and another one in its request. `known`: the declared hosts; the page of one of them under another
 * name is no service that nobody declared.
 */
export async function undeclaredHosts(
  edge: Edge,
  known: readonly string[],
): Promise<{ readonly asked: readonly string[]; readonly served: readonly string[] }> {
  const [any] = known;
  const pages = (await eachOf(known, AT_ONCE, (host) => begin(edge, host, host))).filter((page) => page !== undefined);
  if (any === undefined || pages.length === 0) throw new CannotTell(`${known.join(', ')}: none of them answers`);
  const isOwn = (page: Answer): boolean =>
    pages.some((own) => own.status === page.status && pageOf(own.text) === pageOf(page.text));
  const nobodys = [NOBODY, ...PRIVATE_NAMES.map((name) => edge.hostFor(`${name}.invalid`))];
  const asked = [...new Set([...nobodys, ...besides(known)])];
  const answers = await eachOf(asked, AT_ONCE, async (host) => {
    // Names beside those of the platform may be of others, elsewhere.
    if (nobodys.includes(host) && (await answersTo(edge, host))) return [host];
    const page = await begin(edge, any, host);
    return page !== undefined && isServed(page, host) && !isOwn(page) ? [host] : [];
  });
  return { asked, served: answers.flat() };
}

/** `grafana.shop.example` and `grafana.api.shop.example`, beside `api.shop.example`. */
function besides(known: readonly string[]): string[] {
  const domains = known.flatMap((host) => [host, host.slice(host.indexOf('.') + 1)]);
  const names = domains.flatMap((domain) => PRIVATE_NAMES.map((name) => `${name}.${domain}`));
  return [...new Set(names)].filter((name) => !known.includes(name));
}

/** A handshake that is refused, no answer, or one that misdirects is no service. */
async function answersTo(edge: Edge, host: string): Promise<boolean> {
  try {
    const { status } = await edge.ask(host, '/');
    return status !== 404 && status !== 421;
  } catch {
    return false;
  }
}

interface Answer extends RawHead {
  readonly lines: string;
}

async function begin(edge: Edge, known: string, host: string): Promise<Answer | undefined> {
  const request = requestBytes(edge, host, '/', { Connection: 'close' });
  const { text } = await edge.raw(known, [request], { timeoutMs: ANSWER_MS });
  const head = headOf(text);
  return head && { ...head, lines: text.slice(0, text.indexOf(END_OF_HEAD)) };
}

/** What leads to another host serves nothing here, and an edge refuses by many a status. */
function isServed({ status, lines }: Answer, host: string): boolean {
  if (status === UNAUTHORIZED) return true;
  const leadsTo = /\r\nlocation:[ \t]*https?:\/\/([^/:\s]+)/i.exec(lines)?.[1];
  return status < 400 && (leadsTo === undefined || leadsTo.toLowerCase() === host);
}

/** Whether both are answered well, and with the same page. */
export function isSamePage(one: Pick<RawHead, 'status' | 'text'>, other: Pick<RawHead, 'status' | 'text'>): boolean {
  return one.status < 300 && one.status === other.status && pageOf(one.text) === pageOf(other.text);
}

/** Pages differ in tokens each time, and bear one title. */
function pageOf(body: string): string {
  return /<title[^>]*>([^<]*)</i.exec(body)?.[1]?.trim() ?? body;
}
