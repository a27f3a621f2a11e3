import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './real-software.ts';

/** One object on disk. */
export interface DicomFile {
  readonly path: string;
  readonly sopInstanceUid: string;
  /** SHA-256 of its data set: what must arrive, however the file around it is written. */
  readonly sha256: string;
}

/** A root that is free for anyone to use; nobody real is behind these objects. */
const uidRoot = '1.2.826.0.1.3680043.8.498.137';
/** Secondary capture: any image may be one. */
export const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';

export interface SeriesOptions {
  /** How many objects. */
  readonly count: number;
  /** 0 to 999: makes the UIDs of several series differ. @default 0 */
  readonly series?: number;
  /** Rows and columns of an image, a byte for each pixel. @default 128: 16 KiB */
  readonly sidePixels?: number;
}

/** The study that {@link writeSeries} puts a series into. */
export function studyUid(series = 0): string {
  return `${uidRoot}.1.${1000 + series}`;
}

/** Writes a series of images of random pixels into a folder. Needs the Debian package dcmtk. */
export async function writeSeries(folder: string, options: SeriesOptions): Promise<readonly DicomFile[]> {
  const { series = 0, sidePixels = 128 } = options;
  const pixelBytes = sidePixels * sidePixels;
  const firstUid = instanceUid(series, 0);
  const pixelFile = join(folder, `pixels-${series}`);
  writeFileSync(pixelFile, Buffer.alloc(pixelBytes));
  const dump = describeImage(series, sidePixels, pixelFile);
  const template = await dump2dcm(folder, `series-${series}`, dump);
  const pixels = template.length - pixelBytes;
  return Array.from({ length: options.count }, (_, index) => {
    const sopInstanceUid = instanceUid(series, index);
    const bytes = Buffer.from(template);
    replaceAll(bytes, firstUid, sopInstanceUid);
    createNoise(bytes.subarray(pixels), series * 100_000 + index);
    const path = join(folder, `image-${series}-${index}.dcm`);
    writeFileSync(path, bytes);
    return { path, sopInstanceUid, sha256: createHash('sha256').update(dataSetOf(bytes)).digest('hex') };
  });
}

/** Writes an item of a modality worklist. @param folder the worklist's database */
export async function writeWorklistFile(folder: string, accession: string): Promise<void> {
  const file = await dump2dcm(folder, accession, describeWorklistItem(accession));
  writeFileSync(join(folder, `${accession}.wl`), file);
}

/** The data set of a DICOM file: what follows the preamble and the group of meta information. */
export function dataSetOf(file: Buffer): Buffer {
  const magic = 128;
  const groupLength = magic + 4;
  if (file.toString('latin1', magic, groupLength) !== 'DICM') throw new Error('not a DICOM file');
  return file.subarray(groupLength + 12 + file.readUInt32LE(groupLength + 8));
}

/** Same length for every index, so that one may be written over another. */
function instanceUid(series: number, index: number): string {
  return `${uidRoot}.3.${1000 + series}.${100_000 + index}`;
}

function describeImage(series: number, sidePixels: number, pixelFile: string): string {
  return `
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [${instanceUid(series, 0)}]
(0008,0020) DA [20230605]
(0008,0030) TM [120000]
(0008,0050) SH [ACC${series}]
(0008,0060) CS [OT]
(0008,0064) CS [WSD]
(0008,0090) PN []
(0010,0010) PN [TEST^PATIENT]
(0010,0020) LO [PID${series}]
(0010,0030) DA []
(0010,0040) CS []
(0020,000d) UI [${studyUid(series)}]
(0020,000e) UI [${uidRoot}.2.${1000 + series}]
(0020,0010) SH [1]
(0020,0011) IS [1]
(0020,0013) IS [1]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US ${sidePixels}
(0028,0011) US ${sidePixels}
(0028,0100) US 8
(0028,0101) US 8
(0028,0102) US 7
(0028,0103) US 0
(7fe0,0010) OW =${pixelFile}
`;
}

function describeWorklistItem(accession: string): string {
  return `
(0008,0005) CS [ISO_IR 100]
(0008,0050) SH [${accession}]
(0010,0010) PN [TEST^WORKLIST]
(0010,0020) LO [PID-${accession}]
(0020,000d) UI [${uidRoot}.9.1]
(0032,1060) LO [EXAM]
(0040,0100) SQ
(fffe,e000) -
(0008,0060) CS [CT]
(0040,0001) AE [CT01]
(0040,0002) DA [20230605]
(0040,0003) TM [120000]
(0040,0007) LO [EXAM]
(0040,0009) SH [SPS1]
(fffe,e00d) -
(fffe,e0dd) -
(0040,1001) SH [RP1]
`;
}

async function dump2dcm(folder: string, name: string, text: string): Promise<Buffer> {
  const dump = join(folder, `${name}.dump`);
  const file = join(folder, `${name}.template`);
  writeFileSync(dump, text);
  const { exitCode, output } = await run('dump2dcm', ['+te', '-q', dump, file]);
  // It also ends with 0 where it did not understand a line.
  if (exitCode !== 0 || output !== '') throw new Error(`dump2dcm: ${output}`);
  return readFileSync(file);
}

function replaceAll(bytes: Buffer, before: string, after: string): void {
  for (let at = bytes.indexOf(before); at >= 0; at = bytes.indexOf(before, at + 1))
    bytes.write(after, at, 'latin1');
}

/** The same bytes for the same seed: xorshift32. */
function createNoise(bytes: Buffer, seed: number): void {
  let state = (seed + 1) * 2_654_435_761;
  for (let i = 0; i < bytes.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
}
