export { createGateway, serveTerminals, type Gateway } from './gateway.ts';
export type { GatewayOptions, PartName } from './gateway-options.ts';
export type { GatewayMetrics } from './metrics.ts';
export { readTicketKeys, type Bearer, type TicketClaims, type TicketKey } from './tickets.ts';
export type { Timeouts } from './watch.ts';
