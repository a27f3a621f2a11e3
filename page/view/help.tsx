import type { JSX } from 'preact';
import { useTexts } from './context.ts';
import { Dialog } from './dialog.tsx';

const keys = [
  ['← ↑ ↓ →', 'keyArrows'],
  ['Enter', 'keyEnter'],
  ['Esc', 'keyEscape'],
  ['z', 'keyUndo'],
  ['/', 'keyFind'],
  ['?', 'keyHelp'],
] as const;

export function HelpDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const texts = useTexts();
  return (
    <Dialog title={texts.say('help')} isNarrow onClose={onClose}>
      <dl class="pairs pad">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{texts.say(text)}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <button onClick={onClose}>{texts.say('close')}</button>
      </footer>
    </Dialog>
  );
}
