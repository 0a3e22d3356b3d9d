import type { Socket } from 'node:net';
import type { ErrorCode } from '../../../preload/contract.ts';
import { BulkSocket } from '../bulk-socket.ts';
import { EngineError } from '../errors.ts';
import type { Outbound } from '../outbound.ts';
import { ignoreErrors, underSignal, untilEvent } from './under-signal.ts';

/**
 * How long one address of a name is tried before the next one is: Node closes an attempt when its time is over (the last one may take as
 * long as it likes), so this must have room for a slow link and for one lost SYN, which is sent again after a second.
 */
const attemptTimeoutMs = 1500;

const keepAliveMs = 60_000;

/**
 * Plain TCP from this computer, happy eyeballs over all addresses of a name (RFC 8305, one after the other). Only ever a `via`: the way to
 * a proxy, never a way around one. Errors are destination-*, or `internal` when this process has no file descriptors left.
 */
export function createDirect(): Outbound {
  return {
    label: 'direct',
    async connect({ host, port }, signal) {
      const socket = new BulkSocket({ allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs, noDelay: true });
      ignoreErrors(socket).connect({ host, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: attemptTimeoutMs });
      return underSignal(socket, signal, () => connected(socket));
    },
  };
}

async function connected(socket: Socket): Promise<Socket> {
  try {
    await untilEvent(socket, 'connect');
  } catch (error) {
    throw new EngineError(codeOf(errno(error)), errno(error));
  }
  return socket;
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
