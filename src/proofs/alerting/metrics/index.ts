export { exposure, type Exposure } from './exposed.ts';
export { configurations } from './scrape-config.ts';
export { prometheuses, selection } from './selection.ts';
export { sourcesOf } from './sources.ts';
export { monitorStates } from './targets.ts';
export { scrapeOf, type WorkloadScrape } from './coverage.ts';
export { usesOf, type ExpressionUse } from './uses.ts';
