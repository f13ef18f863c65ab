import { isMapping } from '../../model/cursor.ts';

/**
 * What Grafana would refuse, overwrite or draw wrongly in a dashboard's model. From the published schema (grafana
 * `kinds/dashboard/dashboard_kind.cue`: ids, `#GridPos`, `uid`) and the limits of its API (`pkg/util/shortid_generator.go`: uids).
 */
export function dashboardProblems(model: Readonly<Record<string, unknown>>): string[] {
  const panels = allPanels(model);
  const { uid, title, schemaVersion } = model;
  return [
    ...(typeof title === 'string' && title.trim() !== '' ? [] : ['it has no title, which Grafana demands']),
    ...(uid === undefined || uid === null || uid === '' || (typeof uid === 'string' && /^[\w-]{1,40}$/.test(uid))
      ? []
      : [`its uid ${String(uid)} is not one of at most 40 letters, digits, - and _`]),
    ...(schemaVersion === undefined || (Number.isInteger(schemaVersion) && Number(schemaVersion) > 0)
      ? []
      : ['its schemaVersion is not a whole number']),
    ...repeated(panels.map(({ id }) => id)).map((id) => `the panel id ${String(id)} is there twice`),
    ...panels.flatMap(panelProblems),
  ];
}

type Panel = Readonly<Record<string, unknown>>;

/** Grafana's grid is 24 columns wide; what a panel does not say of its place takes the defaults of the schema. */
const COLUMNS = 24;

function panelProblems(panel: Panel): string[] {
  const name = `panel ${typeof panel['title'] === 'string' && panel['title'] !== '' ? panel['title'] : String(panel['id'])}`;
  const grid = panel['gridPos'];
  const targets = Array.isArray(panel['targets']) ? panel['targets'].filter(isMapping) : [];
  const isWhole = (value: unknown, least: number): boolean => Number.isInteger(value) && Number(value) >= least;
  const { x = 0, y = 0, w = 12, h = 9 } = isMapping(grid) ? grid : {};
  const fits = isWhole(w, 1) && isWhole(h, 1) && isWhole(x, 0) && isWhole(y, 0) && Number(x) + Number(w) <= COLUMNS;
  return [
    ...(typeof panel['type'] === 'string' || isMapping(panel['libraryPanel']) ? [] : [`${name} has no type`]),
    ...(fits ? [] : [`${name} does not fit the grid of ${COLUMNS} columns`]),
    ...repeated(targets.map(({ refId }) => refId)).map(
      (refId) => `${name} has two queries of the name ${String(refId)}`,
    ),
  ];
}

function allPanels(model: Readonly<Record<string, unknown>>): Panel[] {
  const listed = (value: unknown): Panel[] => (Array.isArray(value) ? value.filter(isMapping) : []);
  const direct = [...listed(model['panels']), ...listed(model['rows']).flatMap((row) => listed(row['panels']))];
  return direct.flatMap((panel) => [panel, ...listed(panel['panels'])]);
}

/** Values that occur more than once; what is absent does not count. */
function repeated(values: readonly unknown[]): unknown[] {
  const given = values.filter((value) => value !== undefined && value !== null);
  return [...new Set(given.filter((value, index) => given.indexOf(value) !== index))];
}
