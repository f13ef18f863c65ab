/** How a service reads its environment: zod shapes of variables, one error that names them all, parts that a lab may switch off. */
export { databaseVariables, type DatabaseVariables } from './database.ts';
export { ConfigInvalid, EX_CONFIG } from './invalid.ts';
export { natsVariables, type NatsVariables } from './nats-variables.ts';
export { partsOff, type PartsOff } from './parts-off.ts';
export { readConfig, serviceVariables, type ServiceVariables } from './read.ts';
export { redisVariables, type RedisVariables } from './redis-variables.ts';
export { address, duration, flag, integer, list, parseDuration, type Address } from './values.ts';
