export { consumers, type Consumer } from './consumers.ts';
export { producers, type Producer } from './producers.ts';
export { refreshes, type Refresh } from './refresh.ts';
