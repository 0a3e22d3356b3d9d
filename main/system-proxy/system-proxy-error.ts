import type { ErrorCode } from '../../preload/contract.ts';

/** The only error that leaves the system proxy. `detail` is for logs: a tool's name, its exit code, what it said. */
export class SystemProxyError extends Error {
  override readonly name = 'SystemProxyError';
  readonly code: SystemProxyErrorCode;

  constructor(code: SystemProxyErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
  }
}

export type SystemProxyErrorCode = Extract<ErrorCode, `system-proxy-${string}` | 'finding-gone' | 'repair-failed'>;
