export { configurations, IN_CLUSTER } from './scrape-config.ts';
export { refusedConfigs, type RefusedConfig } from './refused-config.ts';
export { prometheuses, selection } from './selection.ts';
export { sourcesOf } from './sources.ts';
export { monitorStates } from './targets.ts';
export { scrapeOf, type WorkloadScrape } from './coverage.ts';
export { exposedIn, usesOf, type ExpressionUse } from './uses.ts';
