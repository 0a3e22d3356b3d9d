import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError } from '../errors.ts';

/** What an error of a socket or a look-up of this computer means: destination-*, or `internal` when no file descriptors are left. */
export function directError(error: unknown): EngineError {
  return new EngineError(codeOf(errno(error)), errno(error));
}

// With several addresses the last attempt's error is the one that had all the time it wanted.
function errno(error: unknown): string {
  const last = error instanceof AggregateError ? error.errors.at(-1) : error;
  return last instanceof Error && 'code' in last ? String(last.code) : 'unknown';
}

function codeOf(code: string): ErrorCode {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'destination-refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
    case 'EAI_FAIL':
      return 'destination-name-not-found';
    case 'ETIMEDOUT':
      return 'destination-timeout';
    case 'EMFILE':
    case 'ENFILE':
      return 'internal';
    default:
      return 'destination-unreachable';
  }
}
