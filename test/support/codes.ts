import { isCenterError } from '../../lib/domain/errors.ts';

/** The code with which a function refuses, `none` when it does not; the test fails when it breaks. */
export function codeThrown(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isCenterError(error)) return error.code;
    throw error;
  }
  return 'none';
}
