import { errors } from '../../renderer/locales/en-codes.ts';
import type { Locale } from '../../renderer/locales/locale.ts';
import { EngineError, errorCode } from '../engine/errors.ts';
import { findPortOwner } from './port-owner.ts';

/** One line for a person: why the program could not start, and what to do. Never rejects. */
export async function explainStartFailure(error: unknown): Promise<string> {
  if (error instanceof EngineError) return explainEngineError(error);
  const code = errorCode(error);
  if (code.startsWith('system-proxy-')) return errors[code];
  if (!isSystemError(error)) return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const place = error.port === undefined ? '' : ` ${error.address}:${error.port}`;
  switch (error.code) {
    case 'EADDRINUSE': {
      const owner = error.port === undefined ? null : await findPortOwner(error.port);
      return `The address${place} is taken by ${owner ?? 'another program'}. End it, or choose another with --listen, or --ui for the interface (port 0 means any free one).`;
    }
    case 'EACCES':
      return `The system does not allow listening on${place}. Choose another port with --listen (port 0 means any free one).`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This computer does not know the address ${error.hostname}. Choose another with --listen.`;
    case 'EADDRNOTAVAIL':
      return `This computer has no address${place}. Choose another with --listen.`;
    default:
      return `${error.code ?? error.name}: ${error.syscall ?? 'system call'} failed${place}.`;
  }
}

/** The same for a dialog, in the person's language where there is a sentence for it; otherwise `explanation` follows as it is. */
export function translateStartFailure(error: unknown, explanation: string, { errors, shell }: Pick<Locale, 'errors' | 'shell'>): string {
  const code = errorCode(error);
  if (/^(?:data-folder|database|system-proxy)-/.test(code)) return errors[code];
  if (isSystemError(error) && error.code === 'EADDRINUSE') {
    return shell.start.addressTaken.replace('{{address}}', `${error.address}:${error.port}`);
  }
  return `${shell.start.failed}\n\n${explanation}`;
}

function explainEngineError(error: EngineError): string {
  switch (error.code) {
    case 'login-required':
      return 'Listening off loopback needs a login: set PAPERPLANE_LOGIN=user:password in the environment, or use --listen 127.0.0.1:2018.';
    case 'data-folder-in-use':
      return 'Paperplane already runs with this data folder. Use its window, end it, or choose another folder with --data.';
    case 'data-folder-unusable':
      return `The data folder cannot be read or written (${error.message}). Free some space, mend its permissions, or choose another with --data.`;
    case 'database-too-new':
      return 'The data folder was written by a newer Paperplane. Use that version, or choose another folder with --data.';
    default:
      return `Paperplane could not start (${error.message}).`;
  }
}

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}
