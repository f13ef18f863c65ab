export { consumers, type Consumer } from './consumers.ts';
export { operatedSecret } from './operated.ts';
export { producers, type Producer } from './producers.ts';
export { refreshes, type Refresh } from './refresh.ts';
