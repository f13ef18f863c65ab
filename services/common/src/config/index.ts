/** The variables that services have in common; how they are read is the kit's (`@launchgate/runtime/config`). */
export { databaseVariables, type DatabaseVariables } from './database.ts';
export { natsVariables, type NatsVariables } from './nats-variables.ts';
export { redisVariables, type RedisVariables } from './redis-variables.ts';
export { serviceVariables, type ServiceVariables } from './service-variables.ts';
