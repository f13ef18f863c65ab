import type { Finding } from '../../model/result.ts';
import { isKnown, show, type Unknown } from '../../proofs/capacity/figure.ts';
import { DEFAULT_PRICES } from '../../proofs/capacity/cost/default-prices.ts';
import { estimateCost, type Estimate, type Quantity } from '../../proofs/capacity/cost/estimate.ts';
import type { PriceTable } from '../../proofs/capacity/cost/price-table.ts';
import type { Spending } from './input.ts';

/** What the estimate says about the budget. */
export interface EstimateVerdict {
  readonly findings: readonly Finding[];
  readonly open?: string;
  /** For the summary of a pass. */
  readonly text: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

/**
 * The month's cost between fewest and most replicas, held against the budget. General prices decide nothing; nor does a table from
 * before `pricesSince`.
 */
export function judgeEstimate(
  { declared, quantities, prices, uncounted }: Spending,
  pricesSince: string | undefined,
): EstimateVerdict {
  if (declared === undefined || quantities.length === 0)
    return { findings: [], text: 'what the platform will cost is not estimated', facts: {} };
  if (prices !== undefined && 'mistake' in prices) return open(`the prices cannot be read: ${prices.mistake}`);
  const unknown = quantities.find((quantity): quantity is Unknown => !isKnown<Quantity>(quantity));
  const table = prices ?? DEFAULT_PRICES;
  const estimate = estimateCost(quantities.filter(isKnown<Quantity>), table, declared.currency);
  const range = rangeText(estimate, declared);
  if (table.general)
    return open(`by ${table.name} it costs ${range}; name a table of your own under budget.prices to have it judged`);
  if (estimate.foreign.length > 0)
    return open(`${table.name} has prices in ${estimate.foreign.join(', ')}, the budget is in ${declared.currency}`);
  if (pricesSince !== undefined && table.asOf < pricesSince)
    return open(`${table.name} is from before ${pricesSince}: by it, it costs ${range}`);
  const findings = overBudget(estimate, table, declared);
  const missing = estimate.unpriced.map(({ sku }) => sku);
  const gap =
    missing.length > 0
      ? `${table.name} has no price for ${[...new Set(missing)].join(', ')}`
      : unknown && `not known is ${unknown.unknown}. ${unknown.declare}`;
  return {
    findings,
    ...(gap !== undefined && { open: gap }),
    text: `estimated at ${range} by ${table.name}${uncounted.length === 0 ? '' : `, without ${uncounted.join(', ')}`}`,
    facts: Object.fromEntries(
      [...estimate.lines].sort((a, b) => b.most - a.most).map((line) => [line.what, lineText(line)]),
    ),
  };
}

type Budget = NonNullable<Spending['declared']>;

function open(text: string): EstimateVerdict {
  return { findings: [], open: text, text, facts: {} };
}

/** `31,000 to 42,500 USD a month (50 to 69 % of the budget)`. */
function rangeText({ least, most }: Estimate, { monthly, currency }: Budget): string {
  const share = (amount: number): string => `${Math.round((amount / monthly) * 100)}`;
  const [low, high] = [show(Math.round(least)), show(Math.round(most))];
  if (low === high) return `${high} ${currency} a month (${share(most)} % of the budget)`;
  return `${low} to ${high} ${currency} a month (${share(least)} to ${share(most)} % of the budget)`;
}

function overBudget(estimate: Estimate, table: PriceTable, { monthly, currency }: Budget): Finding[] {
  const { least, most, lines } = estimate;
  if (most <= monthly) return [];
  const surely = least > monthly;
  const worst = (line: Estimate['lines'][number]): number => (surely ? line.least : line.most);
  let sum = 0;
  const steps = [...lines]
    .sort((a, b) => worst(b) - worst(a))
    .map((line) => {
      sum += worst(line);
      return {
        action: `${line.what}: ${show(surely ? line.count.least : line.count.most)} x ${line.each} = ${show(Math.round(worst(line)))}`,
        state: `${show(Math.round(sum))} ${currency}`,
      };
    });
  return [
    {
      message: surely
        ? `even at its fewest the platform costs ${show(Math.round(least))} ${currency} a month by ${table.name}, and the budget is ${show(monthly)}`
        : `autoscaled to the most the platform costs ${show(Math.round(most))} ${currency} a month by ${table.name}, and the budget is ${show(monthly)}`,
      severity: surely ? 'medium' : 'low',
      counterExample: [
        ...steps,
        {
          action: `the budget is ${show(monthly)} ${currency}`,
          state: `${show(Math.round((surely ? least : most) - monthly))} ${currency} over`,
        },
      ],
      remediation: 'Lower what may run at the most, or have the budget raised by its owner.',
    },
  ];
}

function lineText({ least, most, each }: Estimate['lines'][number]): string {
  const [low, high] = [show(Math.round(least)), show(Math.round(most))];
  return `${low === high ? high : `${low} to ${high}`} (${each} each)`;
}
