import type { VirtualContext } from './virtual-context.ts';
import type { Datagram } from './virtual-host.ts';

/** The most that fits into a datagram over IPv4, in bytes. */
export const largestDatagram = 65_507;

/** Sends a datagram on its way, where it may get lost. @param onRefused called where no port takes it there */
export function sendDatagram(context: VirtualContext, datagram: Datagram, onRefused?: () => void): void {
  const { medium, directory, host } = context;
  const target = directory.hostOf(datagram.to, host);
  if (target === undefined) return;
  const { conditions, agenda } = medium;
  const wire = medium.wire(host, target);
  const isLost = target !== host && conditions.datagramLoss > 0 && agenda.random() < conditions.datagramLoss;
  if (isLost || !wire.isUp) return;
  wire.carry(() => {
    const taker = target.udp.find(datagram.to, datagram.toPort);
    if (taker?.take(datagram) === true || onRefused === undefined) return;
    wire.carry(onRefused);
  });
}
