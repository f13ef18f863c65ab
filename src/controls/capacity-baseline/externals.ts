import type { Finding } from '../../model/result.ts';
import { show } from '../../proofs/capacity/figure.ts';
import { burstOf, perSecond } from '../../proofs/capacity/load/rates.ts';
import type { Sizing } from './input.ts';
import type { Params } from './params.ts';

interface Limited {
  readonly name: string;
  readonly limit: string;
}

/** Services of others that may be called faster, all callers at their most, than they allow. */
export function externalFindings(input: Sizing, params: Params): Finding[] {
  return limited(input, params).flatMap(({ name, limit }) => {
    const calls = input.calls.filter(({ to }) => to === `external/${name}`);
    const sum = calls.reduce((total, call) => total + (burstOf(call) ?? 0), 0);
    if (sum <= perSecond(limit)) return [];
    let running = 0;
    const steps = calls.map((call) => {
      running += burstOf(call) ?? 0;
      const how = call.per === 'replica' ? `${call.replicas} pods x ${call.rate}` : call.rate;
      return { action: `${call.service} calls ${name} with ${how}`, state: `${show(running)}/s` };
    });
    return [
      {
        message: `${name} may be called ${show(sum)} times a second, and allows ${limit}`,
        severity: 'medium' as const,
        counterExample: [
          ...steps,
          { action: `${name} allows ${limit}`, state: `${show(sum - perSecond(limit))} calls a second are refused` },
        ],
        remediation: `Limit the callers of ${name} together to ${limit}, or have the limit raised.`,
      },
    ];
  });
}

export function openExternals(input: Sizing, params: Params): string[] {
  const limits = limited(input, params);
  const silent = limits.filter(({ name }) => !input.calls.some(({ to }) => to === `external/${name}`));
  const unlimited = input.calls.filter(({ to }) => !limits.some(({ name }) => to === `external/${name}`));
  const unscaled = input.calls.filter((call) => burstOf(call) === undefined);
  return [
    ...silent.map(
      ({ name, limit }) =>
        `how often ${name} is called, which allows ${limit}, is not declared: add calls to its callers`,
    ),
    ...unlimited.map(
      ({ to, service }) => `how many calls ${to} allows ${service} is not declared: add rateLimit to it`,
    ),
    ...unscaled.map(({ service, to }) => `how many replicas of ${service} call ${to} is not known`),
  ];
}

function limited({ externals }: Sizing, params: Params): Limited[] {
  return externals.flatMap(({ name, hosts, rateLimit }) => {
    const limit = rateLimit ?? hosts.map((host) => params.externals[host]).find((found) => found !== undefined);
    return limit === undefined ? [] : [{ name, limit }];
  });
}
