/** Why nothing can be recorded. */
export type RecordingProblem = 'insecure' | 'unsupported' | 'denied' | 'no-microphone' | 'busy' | 'failed';

/** The name of what a browser throws when it gives us no microphone. */
export function problemOf(errorName: string): RecordingProblem {
  switch (errorName) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no-microphone';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    case 'NotSupportedError':
      return 'unsupported';
    default:
      return 'failed';
  }
}
