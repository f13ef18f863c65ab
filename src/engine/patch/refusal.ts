import { LaunchgateError } from '../../model/errors.ts';

/** A patch that cannot be made without changing something else, or without breaking the file: a person has to make it. */
export function refusal(why: string, cause?: unknown): LaunchgateError {
  return new LaunchgateError('internal', why, {
    next: 'Make the change by hand; the finding says what is meant.',
    ...(cause !== undefined && { cause }),
  });
}
