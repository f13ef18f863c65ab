import { z } from 'zod';
import { specSchema } from '../model/spec.ts';

/** JSON Schema of `launchgate.yaml`, for editors. */
export function specJsonSchema(): object {
  return z.toJSONSchema(specSchema, { io: 'input' });
}
