import type { JSX } from 'preact';
import type { ChangeSign } from '../site/changes.ts';
import type { HeadState } from '../site/heads.ts';

export type SignName = HeadState | ChangeSign;

/** A state's shape: it says the same as its colour, also to those who do not see that. */
export function Sign({
  name,
  colour = true,
}: {
  readonly name: SignName;
  readonly colour?: boolean;
}): JSX.Element {
  return (
    <svg class={colour ? `sign ${name}` : 'sign'} aria-hidden="true">
      <use href={`#sign-${name}`} />
    </svg>
  );
}

/** A state as sign and word. */
export function State({ name, word }: { readonly name: SignName; readonly word: string }): JSX.Element {
  return (
    <span class={`state ${name}`}>
      <Sign name={name} />
      {word}
    </span>
  );
}

/** The shapes that signs refer to, once in the page. */
export function SignShapes(): JSX.Element {
  const knock = 'knock';
  return (
    <svg class="shapes" aria-hidden="true">
      <symbol id="sign-up" viewBox="0 0 24 24">
        <circle cx="12" cy="12" r="11" fill="currentColor" />
        <path class={knock} d="M6.8 12.4l3.5 3.5 7-7.4" />
      </symbol>
      <symbol id="sign-down" viewBox="0 0 24 24">
        <path d="M4.5 4.5l15 15M19.5 4.5l-15 15" stroke="currentColor" stroke-width="5.4" fill="none" />
      </symbol>
      <symbol id="sign-drain" viewBox="0 0 24 24">
        <path d="M1 3h22L12 22.5z" fill="currentColor" />
        <path class={knock} d="M12 6.5v8M9 11.6l3 3.2 3-3.2" />
      </symbol>
      <symbol id="sign-halt" viewBox="0 0 24 24">
        <rect x="2" y="2" width="20" height="20" rx="2" fill="currentColor" />
        <path class={knock} stroke-width="3.4" d="M9 7.5v9M15 7.5v9" />
      </symbol>
      <symbol id="sign-ejected" viewBox="0 0 24 24">
        <path d="M12 .5L23.5 12 12 23.5.5 12z" fill="currentColor" />
        <path class={knock} stroke-width="3" d="M12 6.3v6.6M12 17v.1" />
      </symbol>
      <symbol id="sign-unknown" viewBox="0 0 24 24">
        <circle
          cx="12"
          cy="12"
          r="10"
          fill="none"
          stroke="currentColor"
          stroke-width="2.4"
          stroke-dasharray="4 2.6"
        />
        <path
          d="M9 9.3c.2-1.8 1.5-2.6 3-2.6 1.7 0 3 1 3 2.6 0 2-3 2.3-3 4.3M12 17.3v.1"
          fill="none"
          stroke="currentColor"
          stroke-width="2.4"
          stroke-linecap="round"
        />
      </symbol>
      <symbol id="sign-degraded" viewBox="0 0 24 24">
        <circle cx="12" cy="12" r="9.7" fill="none" stroke="currentColor" stroke-width="2.6" />
        <path d="M12 1a11 11 0 0 0 0 22z" fill="currentColor" />
      </symbol>
      <symbol id="sign-note" viewBox="0 0 24 24">
        <circle cx="12" cy="12" r="4.5" fill="currentColor" />
      </symbol>
    </svg>
  );
}
