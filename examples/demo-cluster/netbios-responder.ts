import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { framePacket, PacketReader } from './netbios-framing.ts';
import type { NetbiosNames } from './netbios-names.ts';
import type { ServerStatistics } from './server-statistics.ts';
import { TcpService } from './tcp-service.ts';

const tcpIdleTimeoutMs = 30_000;

/** Answers the NetBIOS name service over UDP, and over TCP with a length before each packet. */
export class NetbiosResponder {
  readonly #names: NetbiosNames;
  readonly #statistics: ServerStatistics;
  readonly #tcp: TcpService;
  #udp: UdpSocket | undefined = undefined;

  constructor(names: NetbiosNames, statistics: ServerStatistics) {
    this.#names = names;
    this.#statistics = statistics;
    this.#tcp = new TcpService(createServer((socket) => this.#serve(socket)));
  }

  /** Both halves on the same number, or none. */
  async listen(host: string, port: number): Promise<void> {
    await this.#tcp.listen(host, port);
    const udp = createSocket('udp4');
    udp.on('message', (packet, sender) => this.#onDatagram(udp, packet, sender));
    try {
      udp.bind(port, host);
      await once(udp, 'listening');
    } catch (error) {
      udp.close();
      await this.#tcp.kill();
      throw error;
    }
    // An ICMP error about an answer that nobody waits for is nobody's fault here.
    udp.on('error', () => undefined);
    this.#udp = udp;
  }

  async stop(graceMs: number): Promise<void> {
    await this.#closeUdp();
    await this.#tcp.stop(graceMs);
  }

  async kill(): Promise<void> {
    await this.#closeUdp();
    await this.#tcp.kill();
  }

  async #closeUdp(): Promise<void> {
    const udp = this.#udp;
    if (udp === undefined) return;
    this.#udp = undefined;
    const closed = once(udp, 'close');
    udp.close();
    await closed;
  }

  #onDatagram(udp: UdpSocket, packet: Buffer, sender: RemoteInfo): void {
    const answer = this.#answer(packet);
    if (answer !== undefined) udp.send(answer, sender.port, sender.address);
  }

  #serve(socket: Socket): void {
    const reader = new PacketReader();
    socket.setTimeout(tcpIdleTimeoutMs);
    socket.on('timeout', () => socket.destroy());
    socket.on('drain', () => socket.resume());
    socket.on('data', (chunk: Buffer) => {
      for (const packet of reader.push(chunk)) {
        const answer = this.#answer(packet);
        if (answer !== undefined && !socket.write(framePacket(answer))) socket.pause();
      }
    });
  }

  #answer(packet: Buffer): Buffer | undefined {
    const answer = this.#names.answer(packet);
    if (answer !== undefined) this.#statistics.nameQueries++;
    return answer;
  }
}
