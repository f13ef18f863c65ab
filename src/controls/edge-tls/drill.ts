/** Shakes hands with the live edge in every way it must refuse and must accept, and watches a renewed certificate come into use. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
  type Step,
} from '../../model/drill/drill.ts';
import type { Edge, EdgeCertificate, Handshake, TlsVersion } from '../../model/drill/edge.ts';
import { edgeAnswers, NOWHERE } from '../../proofs/edge/drill.ts';
import type { Params } from './check.ts';
import type { EdgeTls } from './query.ts';
import { redirect } from './redirect.ts';

const MINUTE_MS = 60_000;
const parameters = z.object({
  renew: z
    .enum(['yes', 'no'])
    .default('yes')
    .describe('Whether the certificate is renewed ahead of time; a target that cannot is inconclusive then'),
});

const REFUSED_VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1'];
const ACCEPTED_VERSIONS: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];
/** No authentication, no encryption, keys that were broken, and key exchanges without forward secrecy (RFC 9325 §4.1, §4.2). */
const WEAK: readonly (readonly [name: string, ciphers: string])[] = [
  ['no certificate', 'aNULL'],
  ['no encryption', 'eNULL'],
  ['RSA key exchange', 'kRSA'],
];
/** RFC 9325 §4.2: what TLS 1.2 is for. */
const STRONG = 'ECDHE+AESGCM:ECDHE+CHACHA20';

type Needs = 'edge' | 'edgeControl';
type Subject = DrillSubject<EdgeTls, Params>;

export const drill = defineDrill({
  summary:
    'Every public name is scanned for versions, ciphers, certificate, redirect and headers, and the certificate is renewed once.',
  blastRadius:
    'A few handshakes for each name; with the renewal one reload of the edge, which open connections outlive.',
  needs: ['edge', 'edgeControl'],
  parameters,
  plan({ subjects, parameters: { renew } }: DrillInput<EdgeTls, Params, z.infer<typeof parameters>>) {
    return {
      runs: subjects.flatMap((subject) => rehearsal(subject, renew === 'yes') ?? []),
      left: subjects.flatMap(leftOut),
    };
  },
});

function leftOut({ id, input }: Subject) {
  return input.names.length > 0
    ? []
    : [{ subject: id, because: 'the spec declares no public route, so there is no name to scan' }];
}

function rehearsal({ id, input, params }: Subject, renew: boolean): Rehearsal<Needs> | undefined {
  const [first] = input.names;
  if (first === undefined) return undefined;
  return {
    name: 'TLS at the edge',
    subjects: [id],
    hypothesis: [edgeAnswers(first.service)],
    method: [
      ...input.names.flatMap(({ host }) => [scanStep(host), contentStep(host, params)]),
      ...(renew ? [renewStep(first.host)] : []),
    ],
  };
}

function scanStep(declared: string): Step<Needs> {
  return {
    name: `shake hands with ${declared}`,
    kind: 'measure',
    timeoutMs: MINUTE_MS,
    async run({ target: { edge }, observe }) {
      const host = edge.hostFor(declared);
      const tried = async (version: TlsVersion, ciphers?: string) =>
        decided(await edge.handshake(host, version, ciphers));
      for (const version of REFUSED_VERSIONS) observe(taken(declared, version, await tried(version), 0));
      for (const [what, ciphers] of WEAK) observe(taken(declared, what, await tried('TLSv1.2', ciphers), 0));
      const good = await Promise.all(
        ACCEPTED_VERSIONS.map((version) => tried(version, version === 'TLSv1.2' ? STRONG : undefined)),
      );
      const one = good.find((answer) => answer.came === 'accepted');
      observe({
        name: `${declared} takes TLS 1.2 or 1.3 with forward secrecy`,
        value: good.filter(({ came }) => came === 'accepted').length,
        unit: 'versions',
        atLeast: 1,
        ...(one?.came === 'accepted' ? { detail: `${one.version}, ${one.cipher}` } : {}),
      });
      if (one?.came === 'accepted') observe(trust(declared, one.certificate));
    },
  };
}

/** A client that cannot offer what it should has learned nothing of the server. */
function decided(answer: Handshake): Handshake {
  if (answer.came === 'unable') throw new CannotTell(`the handshake could not be tried: ${answer.because}`);
  return answer;
}

function taken(host: string, what: string, answer: Handshake, is: 0 | 1) {
  return {
    name: `${host} takes ${what}`,
    value: answer.came === 'accepted' ? 1 : 0,
    unit: 'yes or no',
    is,
    detail:
      answer.came === 'accepted'
        ? `${answer.version}, ${answer.cipher}`
        : answer.came === 'refused'
          ? answer.because
          : '',
  };
}

function trust(host: string, certificate: EdgeCertificate | undefined) {
  const trusted = certificate !== undefined && certificate.untrusted === undefined;
  return {
    name: `the certificate of ${host} is trusted`,
    value: trusted ? 1 : 0,
    unit: 'yes or no',
    is: 1,
    detail: trusted
      ? `until ${new Date(certificate.notAfter).toISOString()}`
      : (certificate?.untrusted ?? 'none is shown'),
  };
}

function contentStep(declared: string, params: Params): Step<Needs> {
  return {
    name: `ask ${declared} in plain HTTP and for its headers`,
    kind: 'measure',
    timeoutMs: MINUTE_MS,
    async run({ target: { edge }, observe }) {
      const host = edge.hostFor(declared);
      const { headers } = await edge.ask(host, NOWHERE);
      observe({
        name: `${declared} asks for HTTPS for`,
        value: maxAge(headers['strict-transport-security']),
        unit: 's',
        atLeast: params.minHstsSeconds,
        detail: headers['strict-transport-security'] ?? 'no Strict-Transport-Security',
      });
      const missing = params.headers.filter(
        (names) => !names.split('|').some((name) => headers[name.toLowerCase()] !== undefined),
      );
      observe({
        name: `security headers that ${declared} lacks`,
        value: missing.length,
        unit: 'headers',
        is: 0,
        ...(missing.length === 0 ? {} : { detail: missing.join(', ') }),
      });
      observe(await redirect(edge, declared, host));
    },
  };
}

/** RFC 6797 §6.1.1; without the directive no time at all. */
function maxAge(header: string | undefined): number {
  return Number(/(?:^|;)\s*max-age="?(\d+)/i.exec(header ?? '')?.[1] ?? 0);
}

/** Longest from the renewal until a new client is shown the new certificate; a controller's watch takes seconds. */
const SEEN_MS = 60_000;

function renewStep(declared: string): Step<Needs> {
  return {
    name: 'renew the certificate ahead of time',
    kind: 'act',
    timeoutMs: 2 * SEEN_MS,
    async run({ target: { edge, edgeControl }, observe, mark, now }) {
      const host = edge.hostFor(declared);
      const before = await served(edge, host);
      const over = new AbortController();
      const meanwhile = handshakes(edge, host, over.signal);
      const began = now();
      await edgeControl.renewCertificate();
      mark('renewed');
      let after = await served(edge, host);
      while (after.serial === before.serial && now() - began < SEEN_MS) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        after = await served(edge, host);
      }
      over.abort();
      const failed = await meanwhile;
      const changed = after.serial !== before.serial;
      observe({
        name: 'a renewed certificate is served',
        value: changed ? 1 : 0,
        unit: 'yes or no',
        is: 1,
        detail: changed ? `after ${((now() - began) / 1000).toFixed(1)} s` : `still ${before.serial}`,
      });
      observe({ ...trust(declared, after), name: 'the renewed certificate is trusted' });
      observe({
        name: 'handshakes that failed while it was renewed',
        value: failed.length,
        unit: 'handshakes',
        is: 0,
        ...(failed[0] === undefined ? {} : { detail: failed[0] }),
      });
    },
  };
}

async function served(edge: Edge, host: string): Promise<EdgeCertificate> {
  for (const version of ACCEPTED_VERSIONS.toReversed()) {
    const answer = await edge.handshake(host, version);
    if (answer.came === 'accepted' && answer.certificate !== undefined) return answer.certificate;
  }
  throw new CannotTell(`${host} shows no certificate`);
}

async function handshakes(edge: Edge, host: string, over: AbortSignal): Promise<string[]> {
  const failed: string[] = [];
  while (!over.aborted) {
    const answer = await edge.handshake(host, 'TLSv1.3');
    if (answer.came !== 'accepted') failed.push(answer.because);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return failed;
}
