import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { show } from '../../proofs/capacity/figure.ts';
import { firstToSaturate, saturationOf, type Saturation } from '../../proofs/capacity/load/saturation.ts';
import { externalFindings, openExternals } from './externals.ts';
import type { Layer, Sizing } from './input.ts';
import { judgeFit, usesText } from './nodes.ts';
import type { Params } from './params.ts';
import { sizingFindings } from './table.ts';

export function check(_subject: Subject, input: Sizing, params: Params): Result {
  const saturations = input.layers.flatMap(({ part }) => (part === undefined ? [] : saturationOf(part)));
  const first = firstToSaturate(saturations);
  const fit = judgeFit(input);
  const findings = [
    ...saturations.flatMap((one) => tooSmall(one, params)),
    ...sizingFindings(input, params),
    ...(first === undefined ? [] : unowned(first, input.layers)),
    ...externalFindings(input, params),
    ...fit.findings,
  ];
  const open = [
    ...undeclared(input.layers, params),
    ...unscaled(input.layers),
    ...fit.open,
    ...openExternals(input, params),
  ];
  if (findings.length === 0 && open.length > 0) return inconclusive(open.join('; '));
  return failOr(findings, summary(saturations, first), facts(saturations, usesText(fit)));
}

/** Saturated before the peak, or with less headroom than asked for. */
function tooSmall({ part, at, factor, arithmetic }: Saturation, { headroom }: Params): Finding[] {
  const wanted = part.peak * (1 + headroom / 100);
  if (at >= wanted) return [];
  const short = factor < 1;
  return [
    {
      message: short
        ? `${part.id} saturates at ${show(at)} ${part.unit}, before its peak of ${show(part.peak)}`
        : `${part.id} carries ${show(at)} ${part.unit}, ${show(Math.round((factor - 1) * 100))} % above its peak of ${show(part.peak)}; ${headroom} % are asked for`,
      severity: short ? 'high' : 'medium',
      counterExample: [
        { action: `${part.id} runs all it may: ${arithmetic}`, state: `${show(at)} ${part.unit} carried` },
        {
          action: `the peak of ${show(part.peak)} ${part.unit} comes${short ? '' : `, and ${headroom} % more`}`,
          state: `${show((short ? part.peak : wanted) - at)} ${part.unit} too many`,
        },
      ],
      remediation: `Let ${part.id} carry ${show(Math.ceil(wanted))} ${part.unit}${part.perReplica === undefined ? '' : `: ${Math.ceil(wanted / part.perReplica)} replicas at the most`}.`,
    },
  ];
}

function unowned({ part, factor }: Saturation, layers: readonly Layer[]): Finding[] {
  const layer = layers.find(({ id }) => id === part.id);
  const what = `${part.id}, which saturates first (at ${show(factor)} times its peak)`;
  const finding = (message: string, remediation: string): Finding => ({ message, severity: 'medium', remediation });
  return [
    ...(layer?.owner === undefined ? [finding(`${what}, has no owner`, `Name the owner of ${part.id}.`)] : []),
    ...(layer?.measured === undefined
      ? [
          finding(
            `${what}, was never measured, as far as is said`,
            `Measure what ${part.id} carries and name the report under capacity.measured.`,
          ),
        ]
      : []),
    ...(layer?.measuredExists === false
      ? [
          {
            ...finding(
              `the measurement of ${part.id}, ${layer.measured}, is not in the repository`,
              'Correct the path, or commit the report.',
            ),
            fromAbsence: true,
          },
        ]
      : []),
  ];
}

/** GPU and vector workloads are asked for whatever their kind: they are what load tests forget. */
function undeclared(layers: readonly Layer[], { declare }: Params): string[] {
  const silent = layers.filter(
    ({ part, kind, ephemeral, gpu }) => part === undefined && !ephemeral && (gpu || declare.includes(kind)),
  );
  if (silent.length === 0) return [];
  return [
    `what ${silent.map(({ id, gpu }) => (gpu ? `${id} (GPU)` : id)).join(', ')} must carry and can is not declared: add capacity { perReplica or total, peak } to each`,
  ];
}

function unscaled(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ id, part, replicas }) =>
    part?.perReplica !== undefined && replicas === undefined ? [`how many replicas ${id} may have is not known`] : [],
  );
}

function summary(saturations: readonly Saturation[], first: Saturation | undefined): string {
  if (first === undefined) return 'nothing carries load';
  const rest = saturations.filter(({ toDouble }) => toDouble !== undefined);
  const double =
    rest.length === 0
      ? 'nothing has to be added for twice the peak'
      : `twice the peak needs ${rest.map(({ toDouble }) => toDouble).join(', ')}`;
  return `${first.part.id} saturates first, at ${show(first.at)} ${first.part.unit}, ${show(first.factor)} times its peak; ${double}`;
}

function facts(saturations: readonly Saturation[], uses: Readonly<Record<string, string>>): Record<string, string> {
  const parts = saturations.map(({ part, arithmetic, factor, freeNow }) => [
    part.id,
    `${arithmetic}, ${show(factor)} x peak${freeNow === undefined ? '' : `, ${freeNow} % free now`}`,
  ]);
  return { ...Object.fromEntries(parts), ...uses };
}
