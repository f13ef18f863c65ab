import type { Principal } from '../identity/token.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking, once the token was verified. */
    principal: Principal | undefined;
  }
}
