/** How much of a cell there is room for. */
export type Density = 'roomy' | 'compact' | 'tiny';

const headWidth = { roomy: 212, compact: 132, tiny: 150 } as const;
const roomyColumn = 138;
/** A sign and a count. */
export const leastColumn = 52;
const manyServers = 8;

/** Follows the width of a column, not that of the window. @param scale of the type, 1 on usual screens */
export function densityOf(width: number, servers: number, scale = 1): Density {
  const count = Math.max(1, servers);
  if ((width - headWidth.roomy * scale) / count >= roomyColumn * scale) return 'roomy';
  if ((width - headWidth.compact * scale) / count >= leastColumn && count <= manyServers) return 'compact';
  return 'tiny';
}

/** What columns need at least: narrower windows scroll the matrix. */
export function leastWidth(density: Density, servers: number): number {
  return density === 'tiny' ? headWidth.tiny + servers * leastColumn : 0;
}
