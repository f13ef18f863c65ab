export { assessRouting, type AlertWays, type Inhibition, type RoutingAnswer, type Way } from './assess.ts';
export type { DeadRoute } from './dead.ts';
export { matcherText } from './matcher.ts';
export { alertmanagers, type FoundAlertmanager } from './read/alertmanagers.ts';
export { arrivingLabels, senders } from './read/arriving.ts';
export { yieldedBy } from './read/yielded.ts';
export { silence } from './silence.ts';
export type { Receiver, Route, RoutingConfig } from './types.ts';
export type { AlertLabels } from './labels.ts';
