import { plainNumbers } from '../../control/route-responder.ts';

/** One message of server-sent events (HTML Living Standard, section 9.2). JSON has no line breaks of its own. */
export function message(event: string, data: unknown, id?: string): Buffer {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return Buffer.from(`${head}event: ${event}\ndata: ${JSON.stringify(data, plainNumbers)}\n\n`);
}

/** What a reader passes over. */
export const ping = Buffer.from(': ping\n\n');
