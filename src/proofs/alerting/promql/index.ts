export type { Expr, Matcher, Selector } from './ast.ts';
export type { Knowledge } from './knowledge.ts';
export { carries, labelsOf } from './labels.ts';
export { metricNeeds } from './needs.ts';
export { parse, position, type Parsed } from './parse.ts';
export { pitfallsOf } from './pitfalls.ts';
export { print } from './print.ts';
export { truthOf } from './truth.ts';
export { selectors, walk } from './walk.ts';
