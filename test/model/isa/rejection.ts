// What an action refuses its input with, for tables of bad inputs.

import { InputError } from '../../../model/errors.ts';

/** The message of the InputError that an action throws, place included; `accepted` when it throws none. */
export function rejection(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'accepted';
}
