import { type Blame, type ErrorCode, errorBlame, type RejectionCode } from '../../preload/contract.ts';

/**
 * The only error that leaves an engine module. `detail` is for logs and must never hold a secret: a reply code, an errno, a status line
 * without its headers. The sentence for people is made from the code in the renderer.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
  }

  /** Whose fault it is. Only `proxy` counts against a proxy. */
  get blame(): Blame {
    return errorBlame[this.code];
  }
}

/** The code of any thrown value; an error without a code of the contract is `internal`. */
export function errorCode(error: unknown): ErrorCode {
  return error instanceof Error && 'code' in error && isErrorCode(error.code) ? error.code : 'internal';
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorBlame, code);

/** A link that cannot be used. `detail` never holds a secret. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: RejectionCode;
  readonly detail: string | undefined;

  constructor(code: RejectionCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}
