/** A drawing under construction. Colours suit light and dark pages. */
export class Svg {
  readonly #width: number;
  readonly #height: number;
  readonly #parts: string[] = [];

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  rectangle(x: number, y: number, width: number, height: number, colour: string): void {
    this.#parts.push(`<rect ${attributes({ x, y, width, height })} fill="${colour}"/>`);
  }

  line(x1: number, y1: number, x2: number, y2: number): void {
    this.#parts.push(`<line ${attributes({ x1, y1, x2, y2 })} stroke="#888" stroke-width="1"/>`);
  }

  path(points: readonly (readonly [number, number])[], colour: string): void {
    const list = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
    this.#parts.push(`<polyline points="${list}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [cx, cy] of points)
      this.#parts.push(`<circle ${attributes({ cx, cy, r: 3 })} fill="${colour}"/>`);
  }

  text(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): void {
    this.#parts.push(`<text ${attributes({ x, y })} text-anchor="${anchor}">${escaped(text)}</text>`);
  }

  toString(): string {
    const size = attributes({ width: this.#width, height: this.#height });
    const box = `viewBox="0 0 ${this.#width} ${this.#height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${box} font-family="sans-serif" font-size="12" fill="#777">
${this.#parts.join('\n')}
</svg>
`;
  }
}

function attributes(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${round(value)}"`)
    .join(' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
