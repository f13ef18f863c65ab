/** The words that sections of the spec are made of. */
import { z } from 'zod';
import { isDuration } from '../duration.ts';

/** Identifiers of the spec: lower case, digits, `-` and `.`, as Kubernetes names are. */
export const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'expected a name of lower-case letters, digits, "-" and "."')
  .max(253);

const DURATION = 'expected a duration such as 90s, 15m, 2h or 90d';

export const duration = z.string(DURATION).refine(isDuration, DURATION);

export const port = z.int().min(1).max(65_535);

export const cidr = z.union([z.cidrv4(), z.cidrv6()]);

export const text = z.string().min(1);

export const date = z.iso.date();

/** What something in the spec refers to: `service/api`, `store/orders`, `external/stripe`, `internet`. */
export const reference = z
  .string()
  .regex(
    /^(?:internet|(?:service|store|external|subnet)\/[a-z0-9][a-z0-9.-]*)$/,
    'expected internet, service/NAME, store/NAME, external/NAME or subnet/NAME',
  );

export const quantity = z
  .string()
  .regex(/^\d+(?:\.\d+)?(?:Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/, 'expected an amount of bytes such as 500Gi or 1.4G');

export const rate = z.string().regex(/^\d+\/(?:s|m|h)$/, 'expected a rate such as 100/s');
