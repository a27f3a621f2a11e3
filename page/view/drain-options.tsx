import type { ComponentChildren, JSX } from 'preact';
import type { DrainChoice } from '../live/orders.ts';
import { useTexts } from './context.ts';

const minuteMs = 60_000;
const deadlines = [10, 30, 120] as const;

/** How a drain ends, in a sentence. */
export function DrainOptions({
  choice,
  onChange,
}: {
  readonly choice: DrainChoice;
  readonly onChange: (choice: DrainChoice) => void;
}): JSX.Element {
  const texts = useTexts();
  return (
    <div class="drain-options small">
      <Choice
        label={texts.say('optQuiet')}
        value={String(choice.quietForMs)}
        onChange={(value) => onChange({ ...choice, quietForMs: Number(value) })}
      >
        <option value="0">{texts.say('optQuietNow')}</option>
        <option value={String(2 * minuteMs)}>{texts.say('optQuiet2')}</option>
        <option value={String(10 * minuteMs)}>{texts.say('optQuiet10')}</option>
      </Choice>
      <Choice
        label={texts.say('optThen')}
        value={choice.then}
        onChange={(value) => onChange({ ...choice, then: value === 'halt' ? 'halt' : 'drain' })}
      >
        <option value="halt">{texts.say('optThenHalt')}</option>
        <option value="drain">{texts.say('optThenDrain')}</option>
      </Choice>
      <Choice
        label={texts.say('optDeadline')}
        value={String(choice.deadlineMs ?? '')}
        onChange={(value) => onChange({ ...choice, deadlineMs: value === '' ? undefined : Number(value) })}
      >
        <option value="">{texts.say('optNoDeadline')}</option>
        {deadlines.map((minutes) => (
          <option key={minutes} value={String(minutes * minuteMs)}>
            {minutes < 60
              ? texts.say('optMinutes', { count: minutes })
              : texts.say('optHours', { count: minutes / 60 })}
          </option>
        ))}
      </Choice>
    </div>
  );
}

/** A list to choose from, within a sentence. */
export function Choice({
  label,
  name,
  value,
  onChange,
  children,
}: {
  readonly label: string;
  readonly name?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <label class="choice">
      {label}{' '}
      <select value={value} aria-label={name} onChange={(event) => onChange(event.currentTarget.value)}>
        {children}
      </select>
    </label>
  );
}
