import { channel, type Channel } from 'node:diagnostics_channel';
import type { FactEmitter, FactEvents } from '../facts/fact-emitter.ts';
import { dataPathEventNames, type Protocol, type ServiceEvents } from '../facts/service-events.ts';
import { AccessDraft, copyRecord } from './access-draft.ts';
import type { AccessRecord, AccessSubject } from './access-record.ts';

/**
 * Facts that no event of a listener or balancer tells: they hold what a client asked for. Only access logs hear them,
 * which cut that down to what may be written.
 */
export interface AccessFacts extends FactEvents {
  readonly accessBegan: AccessSubject;
  readonly accessEnded: AccessEnded;
}

/** Valid only during the call: what it holds is used again for the next one. */
export interface AccessEnded {
  readonly record: AccessRecord;
  /** HTTP: path and query of the request as the client wrote them. They may name a patient. */
  readonly target: string | undefined;
}

/** What a data path fills, and then tells. */
export class AccessEndedDraft implements AccessEnded {
  readonly record = new AccessDraft();
  target: string | undefined = undefined;
}

type AccessFactName = 'accessBegan' | 'accessEnded';
type DataPathFacts = ServiceEvents & AccessFacts;

/** What data paths tell, wherever they run. */
export const dataPathFactNames: readonly (keyof DataPathFacts)[] = [
  ...dataPathEventNames,
  'accessBegan',
  'accessEnded',
];

/** Where tracers of this thread subscribe. They get what tells of no patient. */
const channels = { accessBegan: channelsOf('start'), accessEnded: channelsOf('end') } as const;

function channelsOf(moment: 'start' | 'end'): Readonly<Record<Protocol, Channel>> {
  return {
    tcp: channel(`sluice:session:${moment}`),
    http: channel(`sluice:exchange:${moment}`),
    udp: channel(`sluice:flow:${moment}`),
  };
}

/** The emitter of a service with all that it tells: users' types and checks know its events alone. */
export function dataPathFacts(facts: FactEmitter<ServiceEvents>): FactEmitter<DataPathFacts> {
  return facts as unknown as FactEmitter<DataPathFacts>;
}

/** Whether anybody in this thread wants to know. Hot path. */
export function isAccessWanted(
  facts: FactEmitter<ServiceEvents>,
  name: AccessFactName,
  protocol: Protocol,
): boolean {
  return dataPathFacts(facts).listenerCount(name) > 0 || channels[name][protocol].hasSubscribers;
}

/** Whether anybody in this thread wants facts of that name, whatever their protocol. */
export function isWanted(facts: FactEmitter<ServiceEvents>, name: keyof DataPathFacts): boolean {
  if (dataPathFacts(facts).listenerCount(name) > 0) return true;
  if (name !== 'accessBegan' && name !== 'accessEnded') return false;
  return Object.values(channels[name]).some(({ hasSubscribers }) => hasSubscribers);
}

/** Publishes a fact that a data path of another thread told. */
export function retell<Name extends keyof DataPathFacts>(
  facts: FactEmitter<ServiceEvents>,
  name: Name,
  fact: DataPathFacts[Name],
): void {
  if (name === 'accessBegan') tellBegan(facts, fact as AccessSubject);
  else if (name === 'accessEnded') tellEnded(facts, fact as AccessEnded);
  else dataPathFacts(facts).publish(name, fact);
}

export function tellBegan(facts: FactEmitter<ServiceEvents>, subject: AccessSubject): void {
  dataPathFacts(facts).publish('accessBegan', subject);
  channels.accessBegan[subject.protocol].publish(subject);
}

export function tellEnded(facts: FactEmitter<ServiceEvents>, ended: AccessEnded): void {
  dataPathFacts(facts).publish('accessEnded', ended);
  const ends = channels.accessEnded[ended.record.protocol];
  if (ends.hasSubscribers) ends.publish(copyRecord(ended.record));
}

/** One is enough, unless who hears of an end brings about another one. */
let spareDraft: AccessEndedDraft | undefined = undefined;

/** For a data path that fills it at once. Hot path. */
export function draftEnded(): AccessEndedDraft {
  const draft = spareDraft ?? new AccessEndedDraft();
  spareDraft = undefined;
  return draft;
}

/** Tells a draft, and takes it back. Hot path. */
export function tellDraft(facts: FactEmitter<ServiceEvents>, draft: AccessEndedDraft): void {
  tellEnded(facts, draft);
  spareDraft = draft;
}

/** As an object of its own. */
export function copyEnded({ record, target }: AccessEnded): AccessEnded {
  return { record: copyRecord(record), target };
}
