import { attribute } from '../../src/dicom/attributes.ts';
import { DataSet, type DataElement } from '../../src/dicom/data-set.ts';

/** Does a record answer a query, by the matching rules of PS3.4 §C.2.2.2? */
export function matches(query: DataSet, record: DataSet): boolean {
  return query.elements().every((key) => !isKey(key) || matchesKey(key, query, record));
}

/** What a query asked for, filled from a record; what the record does not have stays empty. */
export function answerTo(query: DataSet, record: DataSet): DataSet {
  const answer = new DataSet();
  for (const key of query.elements()) {
    if (!isKey(key)) continue;
    if (key.items === undefined) {
      answer.set(record.get(key) ?? { tag: key.tag, vr: key.vr, value: Buffer.alloc(0) });
      continue;
    }
    const [inner] = key.items;
    const items = record.items(key);
    answer.setItems(key, inner === undefined ? items : items.map((item) => answerTo(inner, item)));
  }
  return answer;
}

/** The character set and group lengths come with a query, but do not ask for anything. */
function isKey({ tag }: DataElement): boolean {
  return tag !== attribute.specificCharacterSet.tag && tag % 0x1_0000 !== 0;
}

function matchesKey(key: DataElement, query: DataSet, record: DataSet): boolean {
  if (key.items !== undefined) {
    const [inner] = key.items;
    return inner === undefined || record.items(key).some((item) => matches(inner, item));
  }
  const wanted = query.text(key)?.trim() ?? '';
  if (wanted === '') return true;
  const values = (record.text(key) ?? '').split('\\');
  return values.some((value) => matchesValue(key.vr, wanted, value));
}

function matchesValue(vr: string, wanted: string, value: string): boolean {
  if ((vr === 'DA' || vr === 'TM') && wanted.includes('-')) return isInRange(wanted, value);
  if (vr === 'UI') return wanted.split('\\').includes(value);
  return vr === 'PN'
    ? matchesWildcards(wanted.toLowerCase(), value.toLowerCase())
    : matchesWildcards(wanted, value);
}

/** `20260101-20260131`, `20260101-` or `-20260131`, ends included. */
function isInRange(range: string, value: string): boolean {
  const dash = range.indexOf('-');
  const from = range.slice(0, dash);
  const to = range.slice(dash + 1);
  return value !== '' && value >= from && (to === '' || value.slice(0, to.length) <= to);
}

/** `*` stands for any characters, `?` for one. Takes time proportional to both lengths at worst. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resumeAt = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resumeAt = t;
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resumeAt;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
