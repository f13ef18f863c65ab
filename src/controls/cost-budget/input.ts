import { Cursor } from '../../model/cursor.ts';
import type { Query } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import type { Unknown } from '../../proofs/capacity/figure.ts';
import type { Quantity } from '../../proofs/capacity/cost/estimate.ts';
import { parsePrices, type PriceTable } from '../../proofs/capacity/cost/price-table.ts';
import { readQuantities } from '../../proofs/capacity/cost/read.ts';
import { documentsIn, type NamedDocument } from '../../proofs/documents/index.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** A dashboard of this repository: the expressions of its panels, as they are written. */
interface Dashboard {
  readonly path: string;
  readonly expressions: readonly string[];
  readonly origin: Origin;
}

export interface Spending {
  readonly declared?: NonNullable<Spec['budget']>;
  readonly escalation: readonly NamedDocument[];
  readonly dashboard: readonly NamedDocument[];
  readonly panels?: Dashboard;
  /** What acts on the thresholds: `aws_budgets_budget.this`. */
  readonly alerts: readonly string[];
  /** Whether Terraform here makes anything in a cloud, whose bill a budget could watch. */
  readonly cloud: boolean;
  /** What is paid for, as far as it is known. */
  readonly quantities: readonly (Quantity | Unknown)[];
  /** The table that the budget names; absent: none. */
  readonly prices?: PriceTable | { readonly mistake: string };
  /** Types of resources that cost money and are in no estimate. */
  readonly uncounted: readonly string[];
}

/** Resources that tell somebody when money is spent. */
const ALERTS = [
  'aws_budgets_budget',
  'aws_ce_anomaly_subscription',
  'google_billing_budget',
  'azurerm_consumption_budget_subscription',
  'azurerm_consumption_budget_resource_group',
  'azurerm_cost_anomaly_alert',
];

export function spending(): Query<Spending> {
  return (view) => {
    const declared = view.spec.budget;
    const named = (text: string | undefined): NamedDocument[] => (text === undefined ? [] : documentsIn(view, text));
    const dashboard = named(declared?.dashboard);
    const panels = dashboardAt(view, dashboard);
    const prices = priceTable(view);
    const covered = new Set(declared?.usage?.flatMap(({ covers }) => covers ?? []));
    return {
      ...(declared === undefined ? {} : { declared }),
      escalation: named(declared?.escalation),
      dashboard,
      ...(panels === undefined ? {} : { panels }),
      ...(prices === undefined ? {} : { prices }),
      quantities: declared === undefined ? [] : readQuantities(view),
      uncounted: UNCOUNTED.filter((type) => view.terraform('resource', type).length > 0 && !covered.has(type)),
      alerts: ALERTS.flatMap((type) => resourceBlocks(view, type)).map(({ labels }) => labels.join('.')),
      cloud: view.terraform('resource').some(({ labels }) => /^(?:aws|google|azurerm)_/.test(labels[0] ?? '')),
    };
  };
}

/** Resources that no quantity is read of: declare them under `budget.usage`. */
const UNCOUNTED = [
  'aws_eks_cluster',
  'aws_nat_gateway',
  'aws_lb',
  'aws_instance',
  'aws_rds_cluster',
  'aws_msk_cluster',
  'aws_opensearch_domain',
];

function priceTable(view: PlatformView): Spending['prices'] {
  const named = view.spec.budget?.prices;
  if (named === undefined) return undefined;
  const file = view.texts('price-table').find(({ path }) => path === named.path);
  if (file === undefined)
    return { mistake: `${named.path} is no table of prices here (…prices….csv, ….focus.csv or ….focus.json)` };
  const prices = parsePrices(file.text, file.path);
  if ('mistake' in prices) return { mistake: `${named.path}: ${prices.mistake}` };
  return { name: `${named.path} of ${named.asOf}`, asOf: named.asOf, prices, general: false };
}

function dashboardAt(view: PlatformView, named: readonly NamedDocument[]): Dashboard | undefined {
  const paths = new Set(named.flatMap((document) => (document.state === 'present' ? [document.path] : [])));
  const found = view.data('grafana-dashboard').find(({ path }) => paths.has(path));
  if (found === undefined) return undefined;
  const expressions = panelsBelow(new Cursor(found.data, found.origin)).flatMap((panel) =>
    panel
      .get('targets')
      .items()
      .flatMap((target) => ['expr', 'rawSql', 'query'].flatMap((field) => textOf(target.get(field)))),
  );
  return { path: found.path, expressions, origin: found.origin };
}

/** Panels of a dashboard, those of its rows included. */
function panelsBelow(dashboard: Cursor): Cursor[] {
  const panels = dashboard.get('panels').items();
  return [...panels, ...panels.flatMap((panel) => panel.get('panels').items())];
}

function textOf(at: Cursor): string[] {
  return typeof at.value === 'string' ? [at.value] : [];
}
