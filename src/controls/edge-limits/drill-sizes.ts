/** Sizes: what is as large as allowed passes, what is larger is refused by its own status. */
import { CannotTell, type Step, type StepContext } from '../../model/drill/drill.ts';
import type { Edge } from '../../model/drill/edge.ts';
import { concretePath, END_OF_HEAD, headOf, hostOf, requestBytes } from '../../proofs/edge/drill.ts';
import type { Limited } from './drill.ts';

const TIMEOUT_MS = 60_000;
/** A refusal comes at once; so long is waited for an answer that is none. */
const ANSWER_MS = 5000;
const BODY_REFUSED = [413];
/** nginx answers 414 for the line and 400 for headers; others know 431 (RFC 6585 §5). */
const HEAD_REFUSED = [400, 414, 431];
/** Above the service's own limit, and below what proxies allow in one header line. */
const LINE = 4000;

export function sizesStep({ id, name, input, params }: Limited): Step<'edge'> {
  return {
    name: `send ${name} what is as large as allowed, and larger`,
    kind: 'measure',
    timeoutMs: TIMEOUT_MS,
    async run(context) {
      const { own } = input;
      const size = sizer(context, { id, name, input, params });
      await size.body(own.body, params.maxBodyBytes);
      await size.line(own.uri, params.maxHeaderBytes);
      await size.headers(own.header, params.maxHeaderBytes);
    },
  };
}

function sizer({ target: { edge }, observe }: StepContext<'edge'>, { id, name, input }: Limited) {
  const route = input.paths.find(({ protocol }) => protocol === 'http') ?? input.paths[0]!;
  const host = hostOf(edge, name, route);
  const path = concretePath(route);
  /** A server that answers so whatever is asked has no limit for it. */
  const demandUsual = (usual: number, expected: readonly number[]): void => {
    if (usual === NO_ANSWER) throw new CannotTell(`${host}${path} answers nothing within ${ANSWER_MS / 1000} s`);
    if (expected.includes(usual))
      throw new CannotTell(`${host}${path} answers ${usual} to what is small as well, so its limits cannot be told`);
  };
  const refused = (what: string, status: number, expected: readonly number[]): void =>
    observe({
      name: `${what} is refused`,
      value: status,
      unit: 'status',
      is: expected.includes(status) ? status : expected[0]!,
      subject: id,
      ...unanswered(status),
    });
  const passes = (what: string, status: number, usual: number): void =>
    observe({ name: `${what} passes`, value: status, unit: 'status', is: usual, subject: id, ...unanswered(status) });

  /** Without a limit of the service's own, only that there is one. */
  async function body(own: number | undefined, most: number): Promise<void> {
    const limit = own ?? most;
    const post = async (bytes: number) =>
      (await edge.ask(host, path, { method: 'POST', body: JSON.stringify('a'.repeat(bytes - 2)), headers: JSON_TYPE }))
        .status;
    const usual = await post(16);
    demandUsual(usual, BODY_REFUSED);
    refused(
      'a body above the limit',
      await statusOf(edge, host, declaredBody(edge, host, path, limit + 1)),
      BODY_REFUSED,
    );
    if (own === undefined || own > SENT_WHOLE) return;
    refused(
      'a body above the limit, in chunks',
      await statusOf(edge, host, chunkedBody(edge, host, path, limit + CHUNK)),
      BODY_REFUSED,
    );
    passes('a body at the limit', await post(limit), usual);
  }

  async function line(own: number | undefined, most: number): Promise<void> {
    const ask = (bytes: number) => {
      const bare = `GET ${path}?q= HTTP/1.1`.length;
      return statusOf(edge, host, [requestBytes(edge, host, `${path}?q=${'a'.repeat(bytes - bare)}`, CLOSE)]);
    };
    const usual = await ask(200);
    demandUsual(usual, HEAD_REFUSED);
    refused('a request line above the limit', await ask((own ?? most) + 64), HEAD_REFUSED);
    if (own !== undefined) passes('a request line at the limit', await ask(own - 64), usual);
  }

  async function headers(own: number | undefined, most: number): Promise<void> {
    const ask = (bytes: number) => {
      const lines = Array.from({ length: Math.max(1, Math.floor(bytes / LINE)) }, (_, index): [string, string] => [
        `X-Drill-${index}`,
        'a'.repeat(LINE - 20),
      ]);
      return statusOf(edge, host, [requestBytes(edge, host, path, { ...Object.fromEntries(lines), ...CLOSE })]);
    };
    const usual = await ask(0);
    demandUsual(usual, HEAD_REFUSED);
    refused('headers above the limit', await ask((own ?? most) + 2 * LINE), HEAD_REFUSED);
    if (own !== undefined) passes('headers below the limit', await ask(own - LINE), usual);
  }

  return { body, line, headers };
}

/** Bodies up to this are sent; larger ones only declared. */
const SENT_WHOLE = 4 * 1024 * 1024;
const CHUNK = 65_536;
const CLOSE = { Connection: 'close' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** The head alone says how long the body would be. */
function declaredBody(edge: Edge, host: string, path: string, bytes: number): string[] {
  return [
    requestBytes(
      edge,
      host,
      path,
      { 'Content-Type': 'application/json', 'Content-Length': String(bytes), ...CLOSE },
      'POST',
    ),
  ];
}

function chunkedBody(edge: Edge, host: string, path: string, bytes: number): string[] {
  const head = requestBytes(
    edge,
    host,
    path,
    { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked', ...CLOSE },
    'POST',
  );
  const chunk = `${CHUNK.toString(16)}\r\n${'a'.repeat(CHUNK)}\r\n`;
  return [head, ...Array.from({ length: Math.ceil(bytes / CHUNK) }, () => chunk), '0\r\n\r\n'];
}

/** In place of a status. An edge that waits for the rest of what it should refuse has not refused it. */
const NO_ANSWER = 0;

function unanswered(status: number): { readonly detail?: string } {
  return status === NO_ANSWER ? { detail: `no answer within ${ANSWER_MS / 1000} s: it waits for the rest` } : {};
}

async function statusOf(edge: Edge, host: string, bytes: readonly string[]): Promise<number> {
  const { text } = await edge.raw(host, bytes, { timeoutMs: ANSWER_MS, until: END_OF_HEAD });
  return headOf(text)?.status ?? NO_ANSWER;
}
