import { z } from 'zod';

export const natsVariables = z.object({
  /** One or more `tls://host:port`, separated by commas. */
  NATS_URL: z
    .string()
    .regex(/^(?:nats|tls):\/\/[^\s,]+(?:,(?:nats|tls):\/\/[^\s,]+)*$/, 'expected nats://host:port or tls://host:port'),
});

export type NatsVariables = z.infer<typeof natsVariables>;
