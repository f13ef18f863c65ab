export { createGateway, serveTerminals, type Gateway, type GatewayOptions, type PartName } from './gateway.ts';
export type { GatewayMetrics } from './metrics.ts';
export { readTicketKeys, type TicketClaims, type TicketKey } from './tickets.ts';
export type { Timeouts } from './watch.ts';
