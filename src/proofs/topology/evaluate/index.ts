export type { Body } from './body.ts';
export { evaluateRoots, textAt, type Configuration, type Resource } from './configuration.ts';
export { isList, isMap, Reference, sketchOf, textOf, Unknown, whyUnknown, type Value } from './value.ts';
