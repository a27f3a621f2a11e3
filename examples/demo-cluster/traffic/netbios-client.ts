import { createSocket } from 'node:dgram';
import {
  decodeNodeStatusResponse,
  encodeNodeStatusRequest,
  nameFlags,
  type OwnedName,
} from '../../../src/nbns/node-status.ts';
import { framePacket, PacketReader } from '../netbios-framing.ts';
import { converse } from './tcp-conversation.ts';
import { timeoutError, trafficError, type TrafficAnswer, type TrafficTarget } from './traffic-target.ts';

/** The names that a machine told: `INF_PACS1<00>`. */
export interface NodeStatusAnswer extends TrafficAnswer {
  readonly names: readonly string[];
}

/** A datagram may be lost: it is sent this often, at equal intervals of the time limit. */
const attempts = 3;

/** Asks a machine for its names over UDP. @throws Error that names the target, where no answer comes in time */
export function nodeStatusOverUdp(target: TrafficTarget): Promise<NodeStatusAnswer> {
  const transactionId = newTransactionId();
  const request = encodeNodeStatusRequest(transactionId);
  return new Promise<NodeStatusAnswer>((resolve, reject) => {
    const socket = createSocket('udp4');
    let resend: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => end(() => reject(timeoutError(target))), target.timeoutMs);
    const end = (settle: () => void): void => {
      clearInterval(resend);
      clearTimeout(limit);
      socket.removeAllListeners('message').close();
      settle();
    };
    socket.once('error', (error) => end(() => reject(error)));
    socket.on('message', (packet) => {
      const answer = answerOf(packet, transactionId);
      if (answer !== undefined) end(() => resolve(answer));
    });
    socket.once('connect', () => {
      socket.send(request);
      resend = setInterval(() => socket.send(request), target.timeoutMs / attempts);
    });
    const address = target.localAddress === undefined ? {} : { address: target.localAddress };
    socket.bind({ port: 0, ...address }, () => socket.connect(target.port, target.host));
  }).catch((error: unknown) => {
    throw trafficError(target, error);
  });
}

/** The same over TCP. @throws Error that names the target, where no answer comes in time */
export function nodeStatusOverTcp(target: TrafficTarget): Promise<NodeStatusAnswer> {
  const transactionId = newTransactionId();
  return converse(target, async (socket) => {
    socket.write(framePacket(encodeNodeStatusRequest(transactionId)));
    const reader = new PacketReader();
    for await (const chunk of socket) {
      for (const packet of reader.push(chunk as Buffer)) {
        const answer = answerOf(packet, transactionId);
        if (answer !== undefined) return answer;
      }
    }
    throw new Error('the server closed the connection before it answered');
  });
}

function newTransactionId(): number {
  return Math.floor(Math.random() * 0x1_0000);
}

/** @returns undefined for what is no answer to this question */
function answerOf(packet: Buffer, transactionId: number): NodeStatusAnswer | undefined {
  const status = decodeNodeStatusResponse(packet);
  if (status?.transactionId !== transactionId || status.responseCode !== 0) return undefined;
  return { server: status.names.find(isOwnName)?.text, names: status.names.map(formatName) };
}

/** A machine lists its own name first, as workstation (suffix 0), and not as a group. */
function isOwnName(name: OwnedName): boolean {
  return name.suffix === 0 && (name.flags & nameFlags.group) === 0;
}

function formatName({ text, suffix }: OwnedName): string {
  return `${text}<${suffix.toString(16).padStart(2, '0')}>`;
}
