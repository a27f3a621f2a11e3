import { equalsIgnoringCase } from './caseless.ts';
import type { HeaderTable } from './header-table.ts';
import { TextList } from './text-list.ts';

/** The values of the headers of one name in one head, without the blanks around them. Reused for head after head. */
export class NamedHeaders extends TextList {
  /**
   * Takes the values from bytes of a parsed head. Never throws. Hot path.
   *
   * @param name from `caseless`
   */
  read(bytes: Buffer, headers: HeaderTable, name: Uint8Array): this {
    this.count = 0;
    for (let index = 0; index < headers.count; index++) {
      if (equalsIgnoringCase(bytes, headers.lineStart(index), headers.nameEnd(index), name)) {
        this.add(bytes, headers.valueStart(index), headers.valueEnd(index));
      }
    }
    return this;
  }
}
