import { render } from 'preact';
import { Model } from './live/model.ts';
import { App } from './view/app.tsx';
import { ModelContext } from './view/context.ts';

const root = document.querySelector('#page');
if (root === null) throw new Error('The page has no place to be drawn');
const model = new Model();
render(
  <ModelContext.Provider value={model}>
    <App />
  </ModelContext.Provider>,
  root,
);
void model.start();
