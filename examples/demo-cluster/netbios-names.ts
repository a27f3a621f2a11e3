import { IpAddress } from '../../src/model/address.ts';
import { encodeNegativeNameResponse, encodePositiveNameResponse } from '../../src/nbns/name-query.ts';
import { anyName, type NetbiosName } from '../../src/nbns/name.ts';
import { encodeNodeStatusResponse, nameFlags, type OwnedName } from '../../src/nbns/node-status.ts';
import { decodeQuestion } from '../../src/nbns/question.ts';

const workstation = 0x00;
const fileServer = 0x20;

/** The name that every server of the cluster answers to, and the group that they are in. */
const sharedName = 'INFINITT';
const groupName = 'HOSPITAL';

/** What one server answers to questions of the NetBIOS name service. */
export class NetbiosNames {
  readonly #address: IpAddress;
  readonly #names: readonly OwnedName[];

  /**
   * @param serverName its first 15 characters, in capitals, become the NetBIOS name
   * @param host the IPv4 address that name queries are answered with
   */
  constructor(serverName: string, host: string) {
    this.#address = IpAddress.parse(host) ?? new IpAddress().setV4(0);
    const own = serverName.slice(0, 15).toUpperCase();
    this.#names = [
      { text: own, suffix: workstation, flags: nameFlags.active },
      { text: own, suffix: fileServer, flags: nameFlags.active },
      { text: sharedName, suffix: workstation, flags: nameFlags.active },
      { text: sharedName, suffix: fileServer, flags: nameFlags.active },
      { text: groupName, suffix: workstation, flags: nameFlags.active | nameFlags.group },
    ];
  }

  /** @returns undefined where there is nothing to say: answers, registrations, malformed packets */
  answer(packet: Buffer): Buffer | undefined {
    const question = decodeQuestion(packet);
    if (question === undefined) return undefined;
    const { transactionId, kind, name, isBroadcast } = question;
    if (kind === 'nodeStatus') {
      const isKnown = name.text === anyName.text || this.#has(name);
      return isKnown ? encodeNodeStatusResponse(transactionId, this.#names, name) : undefined;
    }
    if (this.#has(name)) return encodePositiveNameResponse(transactionId, name, [this.#address]);
    // Nobody says no to a broadcast: another machine may know the name.
    return isBroadcast ? undefined : encodeNegativeNameResponse(transactionId, name);
  }

  #has(name: NetbiosName): boolean {
    return this.#names.some(({ text, suffix }) => text === name.text && suffix === name.suffix);
  }
}
