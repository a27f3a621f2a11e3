import type { ComponentChildren, JSX } from 'preact';
import { useTexts } from './context.ts';
import { Sign } from './sign.tsx';

/** One finding, with why it matters and what mends it. */
export function FindingCard({
  sign,
  title,
  why,
  rule,
  children,
}: {
  readonly sign: 'down' | 'ejected';
  readonly title: string;
  readonly why: string;
  readonly rule: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const texts = useTexts();
  return (
    <article class="finding">
      <Sign name={sign} />
      <h3>{title}</h3>
      <p class="small">{why}</p>
      <div class="line">
        {children}
        <span class="quiet small">
          {texts.say(sign === 'down' ? 'wrong' : 'worthALook')}
          {rule !== '' && [', ', <code key="rule">{rule}</code>]}
        </span>
      </div>
    </article>
  );
}
