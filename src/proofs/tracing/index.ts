export { isCollectorImage, NOWHERE, traceCollectors } from './collectors.ts';
export { delivery, type Delivery } from './delivery.ts';
export { traceSettings } from './settings.ts';
