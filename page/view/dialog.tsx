import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A dialog over the page: it holds the focus, Esc closes it, and the focus goes back where it came from. */
export function Dialog({
  title,
  lead,
  isNarrow = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly isNarrow?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    const before = document.activeElement;
    current?.showModal();
    return () => {
      current?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={isNarrow ? 'narrow' : ''}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id="dialog-title">{title}</h2>
        {lead !== undefined && <p class="quiet small">{lead}</p>}
      </header>
      {children}
    </dialog>
  );
}
