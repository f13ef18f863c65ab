export { writeInit } from './init.ts';
export { resolve } from './resolve.ts';
