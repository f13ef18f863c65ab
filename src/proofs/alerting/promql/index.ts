export type { Expr, Matcher, Selector } from './ast.ts';
export { parse, position, type Parsed, type PromqlError } from './parse.ts';
export { print } from './print.ts';
export { typeOf } from './types.ts';
export { walk, selectors } from './walk.ts';
