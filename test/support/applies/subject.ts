import type { SceneService } from './scene-services.ts';

/** A balancer in a process of its own, which is given one configuration after the other. */
export interface Subject extends AsyncDisposable {
  readonly pid: number;
  /** Resolves once the configuration serves. What was begun under an older one goes on. */
  apply(services: readonly SceneService[]): Promise<void>;
  /** What its heap holds after a collection, MiB. Undefined where there is none. */
  heapMiB(): Promise<number | undefined>;
}

/** Starts one, which serves the configuration when it resolves. */
export type StartSubject = (services: readonly SceneService[]) => Promise<Subject>;
