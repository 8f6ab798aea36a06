import { CenterError } from '../../domain/errors.ts';

/**
 * The result of a promise, waited for no longer than `ms` milliseconds.
 * @throws CenterError `STORE_UNAVAILABLE` when it takes longer
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CenterError('STORE_UNAVAILABLE', 'The store did not open in time.')), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
