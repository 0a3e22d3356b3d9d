import type { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient, RawLink } from '../outbound.ts';
import { afterAnswer } from '../transports/after-answer.ts';
import { type Coding, createCodedStream } from '../transports/coded-stream.ts';
import { parseTransport } from '../transports/transport.ts';
import { createDefinition } from './definition.ts';
import { firstWordsMs } from './first-words.ts';
import { openFlowDatagrams } from './flow-datagrams.ts';
import { createProxyClient, reach } from './proxy-client.ts';
import { parseUuid } from './uuid.ts';
import { createBodyReader, createBodyWriter, longestChunkBytes, optionsFor, type Security, securities } from './vmess-body.ts';
import {
  answerSession,
  type Commander,
  commandKey,
  commands,
  createAnswerDecoder,
  createCommander,
  createSession,
  longestAnswerBytes,
  sealRequest,
} from './vmess-header.ts';

/** What the link chooses for the bodies. */
interface Choice {
  readonly security: Security;
  readonly authenticatesLength: boolean;
}

/** VMess with sealed heads (v2fly's VMess protocol, AEAD), over any transport. */
export const vmess: Protocol = {
  schemes: ['vmess'],
  parse(link) {
    const { query } = link;
    const id = parseUuid(link.username);
    const transport = parseTransport(link);
    const security = parseSecurity(query.get('encryption') || 'auto');
    const choice = { security: security ?? 'none', authenticatesLength: query.get('authenticatedLength') === '1' } as const;
    return createDefinition(link, {
      scheme: 'vmess',
      protocol: 'VMess',
      encrypted: transport.isEncrypted || choice.security === 'aes-128-gcm' || choice.security === 'chacha20-poly1305',
      insecure: transport.isInsecure,
      notSpoken: transport.notSpoken ?? notSpoken(link, security),
      query,
      hasOneSecret: true,
      createClient: (proxy, _login, via) => createVmessClient(proxy, commandKey(id), choice, transport.through(via)),
    });
  },
};

/** `auto` is what this computer is fastest with. null: something older. */
function parseSecurity(text: string): Security | null {
  if (text === 'auto') return 'aes-128-gcm';
  return Object.hasOwn(securities, text) ? (text as Security) : null;
}

function notSpoken({ query }: RawLink, security: Security | null): string | null {
  if ((query.get('aid') || '0') !== '0') return 'VMess alterId';
  return security === null ? (query.get('encryption') ?? '').slice(0, 24) : null;
}

function createVmessClient(proxy: Destination, key: Buffer, choice: Choice, via: Outbound): ProxyClient {
  const commander = createCommander(key);
  return {
    ...createProxyClient(proxy, via, {
      greet: () => {}, // nothing is said before the destination
      isUnanswered: true,
      ask: (stream, destination) =>
        createCodedStream(stream, createVmessCoding(commander, commands.tcp, destination, choice), { firstWordsMs }),
    }),
    openDatagrams: (signal) => openFlowDatagrams(openFlow, { longestBytes: longestChunkBytes }, signal),
  };

  async function openFlow(destination: Destination, signal: AbortSignal): Promise<Duplex> {
    const stream = await reach(proxy, via, signal);
    return createCodedStream(stream, createVmessCoding(commander, commands.udp, destination, datagramChoice(choice)));
  }
}

/** Without chunks nothing would tell where a datagram ends. */
function datagramChoice(choice: Choice): Choice {
  return choice.security === 'zero' ? { ...choice, security: 'none' } : choice;
}

/** The head goes with the first words. */
function createVmessCoding(commander: Commander, command: number, destination: Destination, choice: Choice): Coding {
  const { security, authenticatesLength } = choice;
  const option = optionsFor(security, authenticatesLength);
  const session = createSession();
  const answered = answerSession(session);
  const write = createBodyWriter(session, security, option);
  const read = createBodyReader(answered, security, option);
  const { decode, decodeEnd } = afterAnswer(createAnswerDecoder(answered), longestAnswerBytes);
  let hasAsked = false;
  return {
    encode(plain) {
      const body = plain.length === 0 ? [] : write(plain); // of nothing would be the end
      if (hasAsked) return body;
      hasAsked = true;
      const request = { command, option, security: securities[security], destination };
      return [Buffer.concat([sealRequest(commander, session, request, Date.now()), ...body])];
    },
    ...(security === 'zero' ? {} : { encodeEnd: () => Buffer.concat(write(nothing)) }),
    decode: (wire) => decode(wire).flatMap(read),
    decodeEnd() {
      if (security === 'zero') decodeEnd();
      else throw new EngineError('proxy-closed', 'no end');
    },
  };
}

const nothing = Buffer.alloc(0);
