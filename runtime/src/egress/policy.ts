/** What may be reached, and how much of it: read once at boot, frozen, wrong ones fatal. */
import { parseCidr, subtract, within, type Block } from './cidr.ts';
import { makeClassifier, type AddressVerdict } from './classify.ts';
import { EgressConfigurationError } from './errors.ts';
import { ALWAYS_REFUSED } from './special.ts';

export interface EgressPolicyInput {
  /** IPv4 and IPv6 blocks in CIDR notation; at least one. Nothing else is reached. */
  readonly allowedCidrs: readonly string[];
  /** Default 80 and 443. */
  readonly allowedPorts?: readonly number[];
  /** Resolving, connecting and the TLS handshake together, in ms. Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** From the call to the last byte of the answer, redirects included, in ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** Of the answer's body, on the wire and unpacked. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Of the answer's headers. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** Followed by `fetch`, each judged as a new target. Default 0: an answer that redirects is returned as it is. */
  readonly maxRedirects?: number;
  /** For tests against servers on this machine: 127.0.0.0/8 may be allowed. No environment variable sets it. */
  readonly unsafeLoopbackForTests?: boolean;
}

export interface EgressPolicy {
  readonly allowedCidrs: readonly string[];
  readonly allowedPorts: ReadonlySet<number>;
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxRedirects: number;
  /** Blocks that are allowed in part only, in words for the log: what is never reached lies in them. */
  readonly warnings: readonly string[];
  readonly judge: (address: string) => AddressVerdict;
}

const MAX_BLOCKS = 4096;

/** Throws `EgressConfigurationError` naming each entry that is wrong. */
export function egressPolicy(input: EgressPolicyInput): EgressPolicy {
  const blocks = parseBlocks(input.allowedCidrs);
  const { judge } = makeClassifier(blocks, { loopback: input.unsafeLoopbackForTests === true });
  return Object.freeze({
    allowedCidrs: Object.freeze([...input.allowedCidrs]),
    allowedPorts: new Set((input.allowedPorts ?? [80, 443]).map((port) => bounded('a port', port, 1, 65_535))),
    connectTimeoutMs: bounded('connectTimeoutMs', input.connectTimeoutMs ?? 3000, 1, 600_000),
    timeoutMs: bounded('timeoutMs', input.timeoutMs ?? 10_000, 1, 3_600_000),
    maxBytes: bounded('maxBytes', input.maxBytes ?? 1_048_576, 1, 2 ** 30),
    maxHeaderBytes: bounded('maxHeaderBytes', input.maxHeaderBytes ?? 16_384, 256, 2 ** 20),
    maxRedirects: bounded('maxRedirects', input.maxRedirects ?? 0, 0, 20),
    warnings: Object.freeze(blocks.flatMap(warningsOf)),
    judge,
  });
}

/** `allowed`, or why not. Anything that is not plainly an address is `garbage`. About 50 ns for IPv4. */
export function judgeAddress(policy: EgressPolicy, address: string): AddressVerdict {
  return policy.judge(address);
}

function parseBlocks(texts: readonly string[]): Block[] {
  if (texts.length === 0 || texts.length > MAX_BLOCKS)
    throw new EgressConfigurationError(
      `between 1 and ${MAX_BLOCKS} allowed CIDR blocks are needed, not ${texts.length}`,
    );
  const blocks: Block[] = [];
  const wrong: string[] = [];
  for (const text of texts) {
    const parsed = parseCidr(text);
    if (typeof parsed === 'string') wrong.push(`${JSON.stringify(text)} ${parsed}`);
    else blocks.push(parsed);
  }
  if (wrong.length > 0) throw new EgressConfigurationError(`allowed CIDR blocks: ${wrong.join('; ')}`);
  return blocks;
}

function warningsOf(block: Block): string[] {
  const inside = ALWAYS_REFUSED.filter(({ block: special }) => special.family === block.family);
  const overlapping = inside.filter(({ block: special }) => special.first <= block.last && special.last >= block.first);
  if (overlapping.length === 0) return [];
  const nothing =
    subtract(
      [block],
      overlapping.map((special) => special.block),
    ).length === 0;
  const named = overlapping.filter(({ block: special }) => within(special, block) || nothing);
  const list = (named.length > 0 ? named : overlapping).map(({ block: { text }, reason }) => `${text} (${reason})`);
  return [`${block.text} ${nothing ? 'is never reached' : 'is reached in part'}: refused are ${list.join(', ')}`];
}

function bounded(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new EgressConfigurationError(`${name} is ${value}; a whole number from ${least} to ${most} is needed`);
}
