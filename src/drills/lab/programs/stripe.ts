/** Stands in for Stripe. */
import { required, runProgram, secretOf } from '../desk/environment.ts';
import { startStripe } from '../desk/stripe/server.ts';

await runProgram('stripe', () =>
  startStripe({
    address: required('HTTP_ADDR'),
    folder: process.cwd(),
    key: secretOf('STRIPE_API_KEY_FILE'),
    webhook: {
      url: required('WEBHOOK_URL'),
      ca: required('TLS_CA_FILE'),
      secret: secretOf('STRIPE_WEBHOOK_SECRET_FILE'),
    },
  }),
);
