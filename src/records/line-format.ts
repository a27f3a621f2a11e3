import type { AccessRecord } from './access-record.ts';
import type { TextBlock } from '../base/text-block.ts';

/** Numbers, names of fields, and what is between them. */
const fixedBytes = 1_024;
/** What a UTF-16 code unit may become, by an escape of JSON. */
const bytesPerUnit = 6;

/** How a record is written as a line. */
export interface LineFormat {
  /**
   * Writes the line and its end where there is {@link lineRoom}. Hot path.
   *
   * @param path what is told of it, in place of that of the record
   * @param query the same
   */
  write(line: TextBlock, record: AccessRecord, path: string | undefined, query: string | undefined): void;
}

/** More bytes than the line of a record has, in any format. Hot path. */
export function lineRoom(
  { service, client, server = '', method = '', traceparent = '' }: AccessRecord,
  path = '',
  query = '',
): number {
  const asked = method.length + path.length + query.length + traceparent.length;
  return fixedBytes + bytesPerUnit * (service.length + client.length + server.length + asked);
}
