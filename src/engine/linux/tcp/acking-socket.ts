import type { ConnectOptions } from '../../engine.ts';
import {
  afterBurst,
  afterRead,
  afterRound,
  afterSend,
  isAckNow,
  isDue,
  isToBeScheduled,
  newAckHabit,
  noAckHabit,
  onSchedule,
  type AckHabit,
} from './ack-habit.ts';
import type { Owing } from '../shared/ack-schedule.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import { ReadySocket } from './ready-socket.ts';
import { IPPROTO_TCP, TCP_QUICKACK } from '../kernel/system-constants.ts';

const one = Buffer.from([1, 0, 0, 0]);

/** A socket that acknowledges what it receives as soon as the other side waits for that; see `AckHabit`. */
export abstract class AckingSocket extends ReadySocket implements Owing {
  bytesRead = 0;
  lastActiveMs: number;
  firstReadMs = -1;
  #acks: AckHabit;

  /** @param target as for `ConnectionAddresses` */
  constructor(context: LinuxContext, target: ConnectOptions | undefined, quickAck: boolean) {
    super(context, target);
    this.lastActiveMs = context.nowMs();
    this.#acks = quickAck ? newAckHabit : noAckHabit;
  }

  /** Counts bytes that were received. Hot path. */
  noteReceived(count: number): void {
    this.bytesRead += count;
    this.noteActive();
    if (this.bytesRead === count) this.firstReadMs = this.lastActiveMs;
  }

  /** A byte has moved. Hot path. */
  protected noteActive(): void {
    this.lastActiveMs = this.context.nowMs();
  }

  /** All that arrived was read, and is not counted yet. Hot path. */
  noteRead(): void {
    const acks = afterRead(this.#acks, this.context.nowMs() - this.lastActiveMs);
    this.#acks = acks;
    if (isAckNow(acks)) {
      this.#acknowledge();
    } else if (isToBeScheduled(acks)) {
      this.#acks = onSchedule(acks);
      this.context.acks.add(this);
    }
  }

  /** All that arrived went through a pipe, in bulk. */
  noteBurst(): void {
    this.#acks = afterBurst(this.#acks);
    if (isAckNow(this.#acks)) this.#acknowledge();
  }

  settle(): boolean {
    if (isDue(this.#acks) && this.descriptor >= 0) this.#acknowledge();
    this.#acks = afterRound(this.#acks);
    return this.descriptor < 0 || !isDue(this.#acks);
  }

  /** Something was sent, which acknowledges as well. Hot path. */
  protected noteAnswer(): void {
    this.#acks = afterSend(this.#acks);
  }

  /** The kernel forgets the option soon, so it is set each time. */
  #acknowledge(): void {
    this.context.libc.setOption(this.descriptor, IPPROTO_TCP, TCP_QUICKACK, one, 4);
  }
}
