import { isIpAddress } from '../model/address.ts';

/** How a value is written into a text. */
export interface Style {
  readonly isJson: boolean;
  readonly lineBreak: string;
  /** One step of indentation. */
  readonly step: string;
}

/** On one line: `{ name: INF_PACS1, host: 192.168.85.200 }`. */
export function renderFlow(value: unknown, isJson: boolean): string {
  if (!isCollection(value)) return renderScalar(value, isJson);
  const parts = Object.entries(value).map(([key, element]) => {
    const text = renderFlow(element, isJson);
    return Array.isArray(value) ? text : `${renderScalar(key, isJson)}: ${text}`;
  });
  if (Array.isArray(value)) return `[${parts.join(', ')}]`;
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** With brackets, on as many lines as it takes, as `JSON.stringify` writes it. The first line is not indented. */
export function renderPretty(value: unknown, indent: string, { step, lineBreak, isJson }: Style): string {
  if (!isCollection(value) || isEmpty(value)) return renderFlow(value, isJson);
  return JSON.stringify(value, null, step).replaceAll('\n', `${lineBreak}${indent}`);
}

/** An entry of a map in block layout, without the indentation of its first line. */
export function renderBlockEntry(key: string, value: unknown, indent: string, style: Style): string {
  const name = renderScalar(key, false);
  if (isShort(value)) return `${name}: ${renderFlow(value, false)}`;
  const inner = `${indent}${style.step}`;
  return `${name}:${style.lineBreak}${inner}${renderBlock(value as object, inner, style)}`;
}

/** An element of a list in block layout, without the indentation of its first line. */
export function renderBlockElement(value: unknown, indent: string, style: Style): string {
  return isShort(value)
    ? `- ${renderFlow(value, false)}`
    : `- ${renderBlock(value as object, `${indent}  `, style)}`;
}

/** A collection in block layout, without the indentation of its first line. */
function renderBlock(value: object, indent: string, style: Style): string {
  const lines = Array.isArray(value)
    ? value.map((element: unknown) => renderBlockElement(element, indent, style))
    : Object.entries(value).map(([key, element]) => renderBlockEntry(key, element, indent, style));
  return lines.join(`${style.lineBreak}${indent}`);
}

/** Characters that a map or a list may have on one line in block layout. */
const shortLength = 70;

/** Is it written on one line? Whatever holds further maps or lists is not, unless it is empty. */
function isShort(value: unknown): boolean {
  if (!isCollection(value) || isEmpty(value)) return true;
  const isFlat = Object.values(value).every((element) => !isCollection(element) || isEmpty(element));
  return isFlat && renderFlow(value, false).length <= shortLength;
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** Texts that no reader of YAML, of 1.1 neither, takes for anything else; also inside brackets. */
const plainText = /^[A-Za-z0-9/.$][\w./-]*$/u;
/** Words and numbers of YAML 1.1 and 1.2, and dates. */
const otherThanText =
  /^(?:null|true|false|yes|no|on|off|y|n|[-+.]?\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d*)?|0[xob][\da-f_]*|\.(?:inf|nan)|\d{4}-.*)$/iu;

function renderScalar(value: unknown, isJson: boolean): string {
  if (isJson || typeof value !== 'string') return JSON.stringify(value);
  if (isIpAddress(value) && !value.includes(':')) return value;
  return plainText.test(value) && !otherThanText.test(value) ? value : JSON.stringify(value);
}
