import type { IpAddress } from '../../model/address.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { DescriptorBudget } from '../budget/descriptor-budget.ts';
import { EngineContext } from '../common/engine-context.ts';
import { Names } from '../names/names.ts';
import type { Medium } from './medium.ts';
import { PortTable } from './port-table.ts';
import type { VirtualHost } from './virtual-host.ts';
import { VirtualNames, type VirtualName } from './virtual-names.ts';

/** Which hosts there are, and what they are called. */
export interface Directory {
  readonly names: ReadonlyMap<string, VirtualName>;
  /** The host that has the address, as seen from `from`. */
  hostOf(address: IpAddress, from: VirtualHost): VirtualHost | undefined;
}

/** What the connections, listeners and ports of one virtual engine share. */
export class VirtualContext extends EngineContext {
  readonly medium: Medium;
  readonly host: VirtualHost;
  readonly directory: Directory;
  /** The UDP ports of this engine, which is as good as a process. */
  readonly ownUdp = new PortTable<object>(0);

  constructor(
    runtime: Runtime,
    budget: DescriptorBudget,
    medium: Medium,
    host: VirtualHost,
    directory: Directory,
  ) {
    super(runtime, budget, new Names(runtime, new VirtualNames(medium, directory.names)));
    this.medium = medium;
    this.host = host;
    this.directory = directory;
  }
}
