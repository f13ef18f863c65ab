export { pause, secondsWithin, untilSteady } from './steady.ts';
export { underLoad } from './under-load.ts';
