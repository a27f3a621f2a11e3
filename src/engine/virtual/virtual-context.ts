import { isIpAddress, type IpAddress } from '../../model/address.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { DescriptorBudget } from '../descriptor-budget.ts';
import { EngineContext } from '../engine-context.ts';
import type { Medium } from './medium.ts';
import type { VirtualHost } from './virtual-host.ts';

/** Which hosts there are, and what they are called. */
export interface Directory {
  /** The host that has the address, as seen from `from`. */
  hostOf(address: IpAddress, from: VirtualHost): VirtualHost | undefined;
  /** The addresses of a name; none where there is no such name. */
  lookUp(name: string): readonly IpAddress[];
}

/** What the connections, listeners and ports of one virtual engine share. */
export class VirtualContext extends EngineContext {
  readonly medium: Medium;
  readonly host: VirtualHost;
  readonly directory: Directory;

  constructor(
    runtime: Runtime,
    budget: DescriptorBudget,
    medium: Medium,
    host: VirtualHost,
    directory: Directory,
  ) {
    super(runtime, budget);
    this.medium = medium;
    this.host = host;
    this.directory = directory;
  }

  /** Has the name, if it is one, another address by now? */
  isOutdated(name: string, address: IpAddress): boolean {
    return !isIpAddress(name) && !this.directory.lookUp(name).some((known) => known.equals(address));
  }
}
