export { pause, secondsWithin, untilSteady, type Steadily } from './steady.ts';
export { underLoad, type UnderLoad } from './under-load.ts';
