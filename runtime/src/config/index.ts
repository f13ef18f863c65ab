/**
 * The environment of a service as zod shapes: what is wrong is said at once, all of it, before anything is opened; parts are switched
 * off in a lab alone; and a supervisor can tell a wrong configuration (exit code 78) from a failure.
 */
export { ConfigInvalid } from './invalid.ts';
export { runProgram } from './program.ts';
export { readConfig, type WithParts } from './read.ts';
export { address, duration, flag, integer, list, parseDuration, share, type Address } from './values.ts';
