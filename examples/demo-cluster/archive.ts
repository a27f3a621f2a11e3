import { attribute } from '../../src/dicom/attributes.ts';
import { DataSet } from '../../src/dicom/data-set.ts';

/** What is remembered of one stored instance. */
export interface StoredInstance {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  /** Of the data set as it came over the association. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What makes two records one at each level of the study root model. */
const levelKeys = {
  STUDY: attribute.studyInstanceUid,
  SERIES: attribute.seriesInstanceUid,
  IMAGE: attribute.sopInstanceUid,
} as const;

/** What queries can ask of a stored instance. */
const kept = [
  attribute.sopClassUid,
  attribute.sopInstanceUid,
  attribute.studyDate,
  attribute.studyTime,
  attribute.accessionNumber,
  attribute.modality,
  attribute.referringPhysicianName,
  attribute.studyDescription,
  attribute.seriesDescription,
  attribute.patientName,
  attribute.patientId,
  attribute.patientBirthDate,
  attribute.patientSex,
  attribute.studyInstanceUid,
  attribute.seriesInstanceUid,
  attribute.studyId,
  attribute.seriesNumber,
  attribute.instanceNumber,
];

/** The images of one server, in memory: what they are, never their pixels. The oldest make room for new ones. */
export class Archive {
  readonly #demo: readonly DataSet[];
  readonly #maxInstances: number;
  readonly #stored = new Map<string, { readonly instance: StoredInstance; readonly record: DataSet }>();

  constructor(demo: readonly DataSet[], maxInstances = 1000) {
    this.#demo = demo;
    this.#maxInstances = maxInstances;
  }

  /** @param head the attributes before the pixels, as far as they could be read */
  store(instance: StoredInstance, head: DataSet): void {
    const record = new DataSet()
      .setText(attribute.sopClassUid, instance.sopClassUid)
      .setText(attribute.sopInstanceUid, instance.sopInstanceUid);
    for (const of of kept) {
      const text = head.text(of);
      if (text !== undefined) record.setText(of, text);
    }
    this.#stored.delete(instance.sopInstanceUid);
    this.#stored.set(instance.sopInstanceUid, { instance, record });
    if (this.#stored.size <= this.#maxInstances) return;
    for (const oldest of this.#stored.keys()) {
      this.#stored.delete(oldest);
      break;
    }
  }

  /** Oldest first. */
  get instances(): readonly StoredInstance[] {
    return [...this.#stored.values()].map(({ instance }) => instance);
  }

  /** One record for each study, series or image; none at another level. */
  recordsAt(level: string): readonly DataSet[] {
    if (!isLevel(level)) return [];
    const records = new Map<string, DataSet>();
    for (const record of [...this.#demo, ...[...this.#stored.values()].map((stored) => stored.record)]) {
      const key = record.text(levelKeys[level]);
      if (key !== undefined && !records.has(key)) records.set(key, atLevel(record, level));
    }
    return [...records.values()];
  }
}

function isLevel(level: string): level is keyof typeof levelKeys {
  return Object.hasOwn(levelKeys, level);
}

function atLevel(record: DataSet, level: string): DataSet {
  const copy = new DataSet().setText(attribute.queryRetrieveLevel, level);
  for (const element of record.elements()) copy.set(element);
  return copy;
}
