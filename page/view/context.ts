import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Model } from '../live/model.ts';
import type { Now } from '../site/shown-state.ts';
import type { Texts } from '../text/texts.ts';

export const ModelContext = createContext<Model | undefined>(undefined);

/** The model, for a view that is drawn anew together with the view around it. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (model === undefined) throw new Error('A view stands outside of the page');
  return model;
}

/** The model; the view is drawn anew once a frame at most where it changes. */
export function useLiveModel(): Model {
  const model = useModel();
  const [, setDrawn] = useState(0);
  useEffect(() => model.subscribe(() => setDrawn((drawn) => drawn + 1)), [model]);
  return model;
}

export function useTexts(): Texts {
  return useModel().settings.texts;
}

/** The server's clock, and how the reader writes times. */
export function useNow(): Now {
  const { site, settings } = useModel();
  return { atMs: site?.atMs ?? Date.now(), times: settings.texts.times };
}
