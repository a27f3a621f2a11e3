import { isIP } from 'node:net';

/** One address of a name, as a name server tells it. */
export interface AddressRecord {
  readonly address: string;
  /** Seconds for which it holds. */
  readonly ttl: number;
}

/**
 * Why a name server tells no address: there is none (`absent`), it has a fault of its own (`failing`), it says nothing
 * (`silent`), or there is no name server (`nobody`).
 */
export type DnsProblem = 'absent' | 'failing' | 'silent' | 'nobody';

/** The addresses of one family, or why there is none. */
export type FamilyAnswer = readonly AddressRecord[] | DnsProblem;

/** The addresses of a name by family, and for how long they hold. */
export interface FamilyAddresses {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
  readonly holdMs: number;
}

/** What c-ares calls the problems; any other is silence. */
const problems: Readonly<Record<string, DnsProblem>> = {
  ENOTFOUND: 'absent',
  ENODATA: 'absent',
  EBADNAME: 'absent',
  ESERVFAIL: 'failing',
  EREFUSED: 'failing',
  ENOTIMP: 'failing',
  ECONNREFUSED: 'nobody',
};

export function dnsProblem(code: string | undefined): DnsProblem {
  return (code === undefined ? undefined : problems[code]) ?? 'silent';
}

/** The order of problems by what they mean together: a name is absent only if both families say so. */
const gravity: readonly DnsProblem[] = ['absent', 'failing', 'nobody', 'silent'];

/**
 * Joins the answers for both families. Where there is an answer for one, and no word about the other, the known
 * addresses of the other are kept: nobody said that they went.
 */
export function joinFamilies(
  v4: FamilyAnswer,
  v6: FamilyAnswer,
  before: readonly string[],
): FamilyAddresses | DnsProblem {
  if (typeof v4 === 'string' && typeof v6 === 'string')
    return gravity[Math.max(gravity.indexOf(v4), gravity.indexOf(v6))] ?? 'silent';
  const ttls = [v4, v6].flatMap((answer) => (typeof answer === 'string' ? [] : answer.map(({ ttl }) => ttl)));
  return {
    v4: addressesOf(v4, 4, before),
    v6: addressesOf(v6, 6, before),
    holdMs: Math.min(...ttls) * 1_000,
  };
}

function addressesOf(answer: FamilyAnswer, family: 4 | 6, before: readonly string[]): readonly string[] {
  if (typeof answer !== 'string') return answer.map(({ address }) => address);
  return answer === 'absent' ? [] : before.filter((address) => isIP(address) === family);
}
