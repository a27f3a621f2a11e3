import { describe, expect, it } from 'vitest';
import type { DatagramHandler, UdpPort } from '../../../../src/engine/engine.ts';
import type { SluiceError } from '../../../../src/base/errors.ts';
import {
  VirtualNetwork,
  type VirtualNetworkOptions,
} from '../../../../src/engine/virtual/virtual-network.ts';
import { IpAddress } from '../../../../src/model/address.ts';

/** Notes what comes, from where and to which address. */
class Inbox implements DatagramHandler {
  readonly received: string[] = [];
  readonly errors: SluiceError[] = [];

  onDatagram(
    _port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    _sourcePort?: number,
    local?: IpAddress,
  ): void {
    this.received.push(
      `${bytes.toString('latin1', start, end)} ${source.toString()} ${local?.toString() ?? ''}`,
    );
  }

  onError(_port: UdpPort, error: SluiceError): void {
    this.errors.push(error);
  }
}

type AddressedPort = UdpPort & {
  send(bytes: Buffer, start: number, end: number, to: IpAddress, toPort: number, from?: IpAddress): void;
};

const address = (text: string): IpAddress => IpAddress.parse(text)!;

async function scene(options: VirtualNetworkOptions = {}) {
  const network = new VirtualNetwork(options);
  const service = network.engine(network.host('192.0.2.1', '192.0.2.2', 'fd00::1'));
  const client = network.engine(network.host('198.51.100.1'));
  const [serviceInbox, clientInbox] = [new Inbox(), new Inbox()];
  const servicePort: AddressedPort = await service.bindUdp({ host: '0.0.0.0', port: 137 }, serviceInbox);
  const clientPort = await client.bindUdp({ host: '198.51.100.1', port: 0 }, clientInbox);
  const ask = (text: string, to = '192.0.2.2'): void => {
    clientPort.send(Buffer.from(text), 0, text.length, address(to), 137);
  };
  const answer = (text: string, from?: string): void => {
    const bytes = Buffer.from(text);
    const source = from === undefined ? undefined : address(from);
    servicePort.send(bytes, 0, bytes.length, address('198.51.100.1'), clientPort.port, source);
  };
  return { network, service, client, serviceInbox, clientInbox, servicePort, ask, answer };
}

describe('a UDP port that is bound to all addresses', () => {
  it('tells to which one a datagram came, and answers from the one it is told', async () => {
    const { network, serviceInbox, clientInbox, ask, answer } = await scene();
    ask('one');
    ask('two', '192.0.2.1');
    network.pump();
    expect(serviceInbox.received).toEqual(['one 198.51.100.1 192.0.2.2', 'two 198.51.100.1 192.0.2.1']);
    answer('first', '192.0.2.2');
    answer('second');
    answer('forged', '203.0.113.5');
    network.pump();
    expect(clientInbox.received).toEqual(['first 192.0.2.2 198.51.100.1', 'second 192.0.2.1 198.51.100.1']);
  });

  it('shares its number with no other one', async () => {
    const { service } = await scene();
    await expect(service.bindUdp({ host: '192.0.2.1', port: 137 }, new Inbox())).rejects.toMatchObject({
      code: 'SLUICE_ERR_ADDRESS_IN_USE',
    });
  });

  it('drops what does not fit into its buffer', async () => {
    const { network, serviceInbox, ask } = await scene({ datagramBufferBytes: 10 });
    for (const text of ['12345', '6789', 'too much', 'x']) ask(text);
    network.pump();
    expect(serviceInbox.received.map((line) => line.split(' ')[0])).toEqual(['12345', '6789', 'x']);
  });
});

describe('datagrams', () => {
  it('get lost as often as is asked for, the same ones for the same seed', async () => {
    const arrived = async (seed: number): Promise<string> => {
      const { network, serviceInbox, ask } = await scene({
        seed,
        datagramLoss: 0.3,
        datagramBufferBytes: 1e6,
      });
      for (let i = 0; i < 1000; i++) ask(String(i));
      network.pump();
      return serviceInbox.received.join();
    };
    const first = await arrived(1);
    expect(await arrived(1)).toBe(first);
    const count = first.split(',').length;
    expect(count).toBeGreaterThan(600);
    expect(count).toBeLessThan(800);
  });

  it('overtake each other where their delays differ', async () => {
    const { network, serviceInbox, ask } = await scene();
    network.conditions.delayMs = network.between(1, 20);
    for (let i = 0; i < 10; i++) ask(String(i));
    network.pump();
    const order = serviceInbox.received.map((line) => Number(line.split(' ')[0]));
    expect(order).not.toEqual([...Array(10).keys()]);
    expect(order.sort()).toEqual([...Array(10).keys()]);
  });

  it('that come out of nowhere are none of a connected port, which is refused where nobody is', async () => {
    const { network, client, servicePort } = await scene();
    const inbox = new Inbox();
    const port = client.connectUdp({ host: '192.0.2.1', port: 137 }, inbox);
    network.pump();
    servicePort.send(Buffer.from('good'), 0, 4, address('198.51.100.1'), port.port, address('192.0.2.1'));
    servicePort.send(
      Buffer.from('from elsewhere'),
      0,
      14,
      address('198.51.100.1'),
      port.port,
      address('192.0.2.2'),
    );
    servicePort.close();
    port.sendConnected(Buffer.from('anyone?'), 0, 7);
    network.pump();
    expect(inbox.received.map((line) => line.split(' ')[0])).toEqual(['good']);
    expect(inbox.errors.map(({ code }) => code)).toEqual(['SLUICE_ERR_CONNECT_REFUSED']);
  });

  it('may not be written to by who receives them', async () => {
    const { network, serviceInbox, ask } = await scene();
    serviceInbox.onDatagram = (_port, bytes, start, end) => void bytes.fill(0, start, end);
    ask('hello');
    expect(() => {
      network.pump();
    }).toThrow('the bytes of a datagram were written to');
  });
});
