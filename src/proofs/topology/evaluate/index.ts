export type { Body } from './body.ts';
export { evaluateRoots, type Configuration, type Resource } from './configuration.ts';
export { fillFrom, isPlanOf } from './fill.ts';
export { planConfiguration } from './plan.ts';
export { isList, isMap, Reference, sketchOf, textOf, Unknown, whyUnknown, type Value } from './value.ts';
