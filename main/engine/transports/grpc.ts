import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Outbound } from '../outbound.ts';
import { hostAndPort } from '../outbounds/destination.ts';
import { ignoreErrors, underSignal } from '../outbounds/under-signal.ts';
import { type Coding, createCodedStream } from './coded-stream.ts';
import { createHunkReader, encodeHunkHead } from './grpc-codec.ts';
import { createLateStream } from './late-stream.ts';

export interface GrpcOptions {
  /** The path of the service's method, escaped. */
  readonly path: string;
  /** Whom the web server in front is asked for; the proxy's address where it is not told. */
  readonly authority?: string;
}

/** So much may be on its way to us unread: what a fast link holds in a fifth of a second. */
const windowBytes = 4 * 1024 * 1024;
/** The session breaks where more than that waits, in either direction; 10 unless told. */
const mostMegabytes = 64;

/**
 * A gRPC call that streams both ways (`gun` of v2ray's transport/internet/grpc), over any outbound, which speaks HTTP/2. A connection carries
 * one call, which begins with the first words: servers do not let one wait long. What is wrong is told once the server answers, as the error
 * of the stream: `proxy-protocol` where nobody serves the path, else `proxy-closed`.
 */
export function createGrpc(via: Outbound, options: GrpcOptions): Outbound {
  return {
    label: via.label,
    async connect(destination, signal) {
      const stream = await via.connect(destination, signal);
      const authority = options.authority ?? hostAndPort(destination);
      return underSignal(stream, signal, () => {
        const session = openSession(stream);
        const begin = async (first: Buffer) => {
          const request = call(session, authority, options.path);
          const inside = createCodedStream(request, createGrpcCoding(request));
          inside.write(first);
          return inside;
        };
        return createLateStream(stream, begin, true);
      });
    },
  };
}

function openSession(stream: Duplex): ClientHttp2Session {
  const session = connect('http://localhost', {
    createConnection: () => stream,
    maxSessionMemory: mostMegabytes,
    settings: { enablePush: false, initialWindowSize: windowBytes },
  });
  session.on('error', () => {}); // it closes the stream too
  session.on('connect', () => session.setLocalWindowSize(windowBytes));
  stream.on('end', () => setImmediate(() => stream.destroy())); // the session would leave it half open; the call ends first
  return session;
}

function call(session: ClientHttp2Session, authority: string, path: string): ClientHttp2Stream {
  if (session.closed || session.destroyed) throw new EngineError('proxy-closed');
  const head = {
    ':method': 'POST',
    ':path': path,
    ':authority': authority,
    ':scheme': 'https',
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': 'grpc-go/1.71.0',
  };
  const request = ignoreErrors(session.request(head, { endStream: false }));
  request.on('response', (answer) => checkAnswer(request, answer));
  request.on('close', () => session.destroy());
  return request;
}

/** A gRPC server answers 200 whatever is wrong; who answers anything else does not know the path, or is none. */
function checkAnswer(
  request: ClientHttp2Stream,
  { ':status': status, 'grpc-status': grpcStatus = '0' }: IncomingHttpHeaders & IncomingHttpStatusHeader,
) {
  if (status !== 200 || grpcStatus !== '0') request.destroy(new EngineError('proxy-protocol', `HTTP ${status}, gRPC ${grpcStatus}`));
}

function createGrpcCoding(request: ClientHttp2Stream): Coding {
  let status: unknown;
  request.on('trailers', (trailers) => {
    status = trailers['grpc-status'];
    while (request.read() !== null); // into the stream above: a connection that closes now takes along what is unread here
  });
  return {
    encode: (plain) => [encodeHunkHead(plain.length), plain],
    decode: createHunkReader(),
    decodeEnd() {
      if (status !== '0') throw new EngineError('proxy-closed', `gRPC ${status}`);
    },
  };
}
