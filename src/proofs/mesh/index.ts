export { meshOf } from './membership.ts';
export { plaintextIn } from './strict.ts';
