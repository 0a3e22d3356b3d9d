import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError, errorCode } from '../errors.ts';
import type { Outbound, StreamOutcome } from '../outbound.ts';
import { type Meter, relay } from '../relay.ts';
import { answerOf, type ConnectHead, longestHeadBytes } from './http-codec.ts';
import { endToEnd, lastOn, type OriginRequest, originRequest, transferCoding, wantedUpgrade } from './http-message.ts';
import type { Connect } from './session.ts';
import { createTurns } from './turns.ts';

/** Answers of a request before the final one (RFC 9110, section 15.2). */
const mostInterim = 20;

export interface ForwarderOptions {
  readonly connect: Connect;
  readonly meter: Meter;
  /** What became of a stream that `connect` gave. */
  readonly observe: NonNullable<Outbound['observe']>;
  isAllowed(authorization: string | undefined): boolean;
  /** A CONNECT that came after other requests. Resolves when its tunnel is closed. */
  onConnect(client: Socket, head: ConnectHead): Promise<void>;
  /** The client has a request under way, or none. */
  onBusy(client: Socket): void;
  onIdle(client: Socket): void;
}

/**
 * Forwards plain `http://` requests (RFC 9110, section 7.6), several one after the other on a connection. Each goes to its origin on a
 * connection of its own, which ends with it: a kept one could break just when it is used again, and not every request can be sent twice.
 * Where an origin agrees to switch to another protocol (WebSocket), the two connections become a tunnel.
 */
export function createForwarder(options: ForwarderOptions): (client: Socket) => void {
  const { isAllowed, onConnect } = options;
  const inTurn = createTurns(options);
  // Node's server does the parsing and the framing; it never listens, and gets connections whose first head is known to be complete.
  const server = createServer({
    keepAliveTimeout: 0,
    maxHeaderSize: longestHeadBytes,
    shouldUpgradeCallback: ({ method = '', rawHeaders }) => wantedUpgrade(method, rawHeaders) !== null,
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    if (isAllowed(request.headers['proxy-authorization'])) await forward(request, response, options);
    else await refuse(response, 'login-required');
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => inTurn(request.socket, () => serve(request, response));
  server.on('request', onRequest).on('checkContinue', onRequest);
  server.on('upgrade', (request: IncomingMessage, client: Socket, early: Buffer) => {
    if (early.length > 0) client.unshift(early);
    inTurn(client, () => serve(request, lastAnswerTo(request, client)));
  });
  server.on('connect', (request: IncomingMessage, client: Socket, early: Buffer) => {
    if (early.length > 0) client.unshift(early);
    const head = { authority: request.url ?? '', authorization: request.headers['proxy-authorization'] };
    inTurn(client, () => onConnect(client, head));
  });
  return (client) => void server.emit('connection', client);
}

/** For a client that Node's server has let go of. As nobody reads from it meanwhile, its end has to be looked for. */
function lastAnswerTo(request: IncomingMessage, client: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.assignSocket(client);
  response.shouldKeepAlive = false;
  response.sendDate = false;
  client.on('readable', () => client.readableLength === 0 && client.read()).on('end', () => response.socket?.destroy());
  return response.once('finish', () => client.removeAllListeners('readable').resume().end());
}

async function forward(request: IncomingMessage, response: ServerResponse, options: ForwarderOptions): Promise<void> {
  const { connect, meter } = options;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const asked = originRequest(request.method ?? '', request.url ?? '', request.rawHeaders);
    const remote = await connect(request.socket, asked.destination, gone.signal);
    meter.connections++;
    try {
      await exchange(request, response, remote, asked, options);
    } finally {
      meter.connections--;
      remote.destroy();
    }
  } catch (error) {
    await refuse(response, errorCode(error));
  }
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  remote: Duplex,
  asked: OriginRequest,
  { meter, observe }: ForwarderOptions,
): Promise<void> {
  const { path, headers, upgrade } = asked;
  const outgoing = httpRequest({ createConnection: () => remote, method: request.method, path, headers });
  response.once('close', () => outgoing.destroy());
  let interim = 0;
  outgoing.on('information', ({ statusCode, headers: { link } }) => {
    if (++interim > mostInterim)
      outgoing.destroy(); // nothing holds them back where the client reads slowly
    else if (statusCode === 100) response.writeContinue();
    else if (statusCode === 103 && link !== undefined) response.socket?.write(earlyHints(String(link)), 'latin1');
  });
  request.on('data', (bytes: Buffer) => {
    meter.upBytes += bytes.length;
  });
  outgoing.flushHeaders(); // the body may be long in coming
  request.pipe(outgoing);

  const tell = (outcome: StreamOutcome) => void (response.destroyed || observe(remote, outcome));
  const { answer, early } = await answerTo(outgoing, upgrade !== null, tell);
  if (early !== null) return switchProtocol(answer, early, response, remote, meter);
  if (answer.statusCode === 101 || transferCoding(answer.rawHeaders) === 'unknown') throw noAnswer();
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage, endToEnd(answer.rawHeaders));
  answer.on('data', (bytes: Buffer) => {
    meter.downBytes += bytes.length;
  });
  await pipeline(answer, response);
}

/** RFC 8297, as it came. Node's own writer throws at links that it does not like, and takes seconds for some; it is our turn on the socket. */
function earlyHints(link: string): string {
  return `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n\r\n`;
}

interface AnswerOfOrigin {
  readonly answer: IncomingMessage;
  readonly early: Buffer | null; // what came with it in the protocol to which the origin has switched; null: it has not
}

/** Tells what became of the request, once: how long the answer took since all of it was said, or that none came. */
function answerTo(outgoing: ClientRequest, mayUpgrade: boolean, tell: (outcome: StreamOutcome) => void): Promise<AnswerOfOrigin> {
  return new Promise((resolve, reject) => {
    let saidAt: number | null = null;
    let isOver = false;
    outgoing.once('finish', () => {
      saidAt = performance.now();
    });
    const failed = () => {
      if (!isOver) tell({ kind: 'failed', code: 'proxy-closed' });
      isOver = true;
      reject(noAnswer());
    };
    const answered = (answer: IncomingMessage, early: Buffer | null) => {
      if (saidAt !== null) tell({ kind: 'first-byte', ms: performance.now() - saidAt });
      isOver = true;
      resolve({ answer, early });
    };
    outgoing.on('error', failed).on('close', failed);
    outgoing.on('response', (answer) => answered(answer, null));
    if (mayUpgrade) outgoing.on('upgrade', (answer, _remote, early) => answered(answer, early));
  });
}

async function switchProtocol(
  { statusMessage, rawHeaders, headers }: IncomingMessage,
  early: Buffer,
  response: ServerResponse,
  remote: Duplex,
  meter: Meter,
): Promise<void> {
  const client = response.socket;
  if (client === null || headers.upgrade === undefined) throw noAnswer();
  response.writeHead(101, statusMessage, [...endToEnd(rawHeaders), ...lastOn(headers.upgrade)]).flushHeaders();
  response.detachSocket(client);
  client.removeAllListeners('readable');
  if (early.length > 0) remote.unshift(early);
  await relay(client, remote, meter);
}

function noAnswer(): EngineError {
  return new EngineError('destination-unreachable', 'no proper answer');
}

/**
 * Answers keep the connection: what is left of the request is read and thrown away. Resolves when this one is out: as long as it has the socket,
 * no other answer may.
 */
async function refuse(response: ServerResponse, code: ErrorCode): Promise<void> {
  if (response.headersSent) return void response.destroy();
  const { status, headers, body } = answerOf(code);
  response.sendDate = false;
  await finished(response.writeHead(status, [...headers]).end(body)).catch(() => undefined); // the client has gone
}
