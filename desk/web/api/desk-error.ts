/** A refused or failed call, with the center's stable code; `OFFLINE` and `BAD_ANSWER` are the page's own words. */
export class DeskError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, string | number>;

  constructor(status: number, code: string, message: string, details: Record<string, string | number> = {}) {
    super(message);
    this.name = 'DeskError';
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** True when the same call may succeed later without any change: no answer came, or the server could not take it now. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

/** Whatever was thrown, as a DeskError. */
export function toDeskError(error: unknown): DeskError {
  if (error instanceof DeskError) return error;
  return new DeskError(0, 'OFFLINE', error instanceof Error ? error.message : String(error));
}
