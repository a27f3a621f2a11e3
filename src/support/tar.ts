/** A file in an archive. */
export interface ArchivedFile {
  /** ASCII, at most 100 characters. */
  readonly name: string;
  readonly content: string;
}

const blockBytes = 512;

/** Where the checksum stands. It is computed as if there were spaces. */
const checksumAt = 148;

/**
 * A tape archive of POSIX.1-1988 (`ustar`), which every `tar` reads. Its files are for their owner alone.
 *
 * @param atMs when they were made; wall-clock time, milliseconds since 1970
 */
export function makeTar(files: readonly ArchivedFile[], atMs: number): Buffer {
  const parts = files.flatMap(({ name, content }) => {
    const bytes = Buffer.from(content);
    return [header(name, bytes.length, atMs), bytes, Buffer.alloc(padding(bytes.length))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

function header(name: string, size: number, atMs: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, 100, 'ascii');
  block.write('0000600\0', 100);
  // User and group 0: the one who unpacks it becomes the owner.
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(octal(size, 11), 124);
  block.write(octal(Math.floor(atMs / 1000), 11), 136);
  block.write(' '.repeat(8), checksumAt);
  block.write('0', 156);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, checksumAt);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** Zeros up to the next whole block. */
function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}
