/** How short names are completed. */
export interface SearchRules {
  /** Domains to be tried behind a name, in order. */
  readonly domains: readonly string[];
  /** A name with so many dots is tried as it is first. */
  readonly minDots: number;
}

/** As glibc has it, `MAXNDOTS`. */
const greatestMinDots = 15;

/**
 * Reads what a resolv.conf(5) says about completing names. The last `search` or `domain` line counts; without one, it
 * is the domain of this machine's own name. Its name servers are read by the resolver itself.
 */
export function parseSearchRules(text: string, ownName: string): SearchRules {
  const ownDomain = ownName.includes('.') ? [ownName.slice(ownName.indexOf('.') + 1)] : [];
  let domains = ownDomain;
  let minDots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.split(/\s+/).filter((word) => word !== '');
    if (keyword === 'search') domains = values;
    else if (keyword === 'domain') domains = values.slice(0, 1);
    else if (keyword === 'options') minDots = minDotsIn(values) ?? minDots;
  }
  return { domains: domains.map(bareDomain).filter((domain) => domain !== ''), minDots };
}

/** The full names to ask a name server for, in order, as glibc tries them. A name that ends with a dot is full. */
export function candidateNames(name: string, { domains, minDots }: SearchRules): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = domains.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= minDots ? [name, ...completed] : [...completed, name];
}

function minDotsIn(options: readonly string[]): number | undefined {
  const found = options
    .map((option) => /^ndots:(\d+)$/.exec(option)?.[1])
    .findLast((value) => value !== undefined);
  return found === undefined ? undefined : Math.min(Number(found), greatestMinDots);
}

/** Without the dots around it; the root domain is none. */
function bareDomain(domain: string): string {
  return domain.toLowerCase().replace(/^\.+|\.+$/g, '');
}
