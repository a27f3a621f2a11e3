import { readdirSync, readFileSync, statSync } from 'node:fs';
import { DescriptorBudget } from './descriptor-budget.ts';

const descriptorFolder = '/proc/self/fd';
const portRangeFile = '/proc/sys/net/ipv4/ip_local_port_range';

let budget: DescriptorBudget | undefined = undefined;

/** The budget of all engines of this thread. */
export function descriptorBudget(): DescriptorBudget {
  budget ??= new DescriptorBudget(readLimit(), readSourcePorts());
  return budget;
}

/** Notes how much the process has open now, other threads and the rest of the program included. */
export function measureDescriptors(): void {
  if (budget === undefined || budget.limit === Infinity) return;
  budget.measure(countDescriptors());
}

/** How many descriptors the process has open, and may have; undefined on systems that do not tell. */
export function descriptorUse(): { readonly open: number; readonly limit: number } | undefined {
  const { limit } = descriptorBudget();
  return limit === Infinity ? undefined : { open: countDescriptors(), limit };
}

/** Linux tells the number as the size of the folder since 6.2. */
function countDescriptors(): number {
  return statSync(descriptorFolder).size || readdirSync(descriptorFolder).length;
}

/** The soft limit, which Node raises to the hard one as it starts; `Infinity` on systems that do not tell it. */
function readLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}

/** How many numbers the system chooses source ports from; `Infinity` on systems that do not tell it. */
function readSourcePorts(): number {
  try {
    const [first = 0, last = Infinity] = readFileSync(portRangeFile, 'latin1').split('\t').map(Number);
    return last - first + 1;
  } catch {
    return Infinity;
  }
}
