/**
 * Whether one socket acknowledges what it reads by separate packets (TCP_QUICKACK), or leaves that to its answers and
 * to the kernel, which does it after 40 ms. It serves senders that write a message in two pieces and hold the second
 * one back until the first is acknowledged (Nagle's algorithm), as DICOM toolkits do. A socket learns:
 *
 * * What no answer acknowledges for a while is acknowledged on a schedule. If more comes then, with nothing sent in
 *   between, the other side has waited: from now on, the socket acknowledges at once.
 * * 16 such acknowledgements in a row that the answer could have carried end that.
 * * One on the schedule that changed nothing ends the schedule: the kernel is soon enough for such a socket. If a
 *   later piece comes after the kernel's delay, with nothing sent in between, it was held back after all.
 *
 * All of that is one number, so a socket allocates nothing: two bits for what became of the last read, three flags,
 * and a count. Arithmetic only.
 */
export type AckHabit = number;

/** The last read: none since the last send; its acknowledgement is owed; due soon; given by a packet of its own. */
const nothing = 0;
const owed = 1;
const due = 2;
const given = 3;
const stateMask = 3;
/** The other side has shown that it waits. */
const waited = 4;
/** It is on the schedule. */
const scheduled = 8;
/** The schedule was good for nothing. */
const unscheduled = 16;
/** From here on, needless acknowledgements in a row. */
const oneNeedless = 32;

const maxNeedlessAtOnce = 16;

/** The kernel's delay, which is 40 to 200 ms (TCP_DELACK_MIN, TCP_DELACK_MAX), with some leeway. */
const shortestDelayMs = 30;
const longestDelayMs = 250;

export const newAckHabit: AckHabit = nothing;
/** For a socket that leaves everything to the kernel. */
export const noAckHabit: AckHabit = -1;

/** All that has arrived was read. @param silentMs since something last moved. Hot path. */
export function afterRead(habit: AckHabit, silentMs: number): AckHabit {
  if (habit < 0) return habit;
  const next = hasShownThatItWaits(habit, silentMs) ? waited | (habit & scheduled) : habit & ~stateMask;
  return next | ((next & waited) === 0 ? owed : given);
}

/**
 * A burst went through a pipe, and no more has arrived. Where bytes come in bulk, the kernel acknowledges every
 * second packet, and the schedule would believe that its acknowledgement has ended each pause.
 */
export function afterBurst(habit: AckHabit): AckHabit {
  if (habit < 0) return habit;
  return (habit & waited) === 0 ? habit & ~stateMask : habit | given;
}

/** Whether to acknowledge at once, after `afterRead` or `afterBurst`. Hot path. */
export function isAckNow(habit: AckHabit): boolean {
  return habit >= 0 && (habit & stateMask) === given;
}

/** Whether to put it on the schedule, after `afterRead`; then call `onSchedule`. Hot path. */
export function isToBeScheduled(habit: AckHabit): boolean {
  return (habit & (stateMask | scheduled | unscheduled)) === owed;
}

export function onSchedule(habit: AckHabit): AckHabit {
  return habit | scheduled;
}

/** It is acknowledged when the schedule comes round. */
export function isDue(habit: AckHabit): boolean {
  return (habit & stateMask) === due;
}

/** The schedule has come round: what was due was acknowledged, what was owed is due at the next round. */
export function afterRound(habit: AckHabit): AckHabit {
  const state = habit & stateMask;
  if (state === owed) return (habit & ~stateMask) | due;
  return state === due ? (habit & ~(stateMask | scheduled)) | given : habit & ~scheduled;
}

/** What was sent carried an acknowledgement. Hot path. */
export function afterSend(habit: AckHabit): AckHabit {
  if (habit < 0) return habit;
  return (habit & stateMask) === given ? afterNeedless(habit + oneNeedless) : habit & ~stateMask;
}

function afterNeedless(habit: AckHabit): AckHabit {
  if ((habit & waited) === 0) return (habit & scheduled) | unscheduled;
  const isOver = habit >= (maxNeedlessAtOnce + 1) * oneNeedless;
  return isOver ? habit & scheduled : habit & ~stateMask;
}

function hasShownThatItWaits(habit: AckHabit, silentMs: number): boolean {
  const state = habit & stateMask;
  if (state === given) return true;
  const isLate = silentMs >= shortestDelayMs && silentMs <= longestDelayMs;
  return isLate && state === owed && (habit & unscheduled) !== 0;
}
