import { Fragment, type ComponentChildren, type JSX } from 'preact';
import { piecesOf, type Message, type MessageValue } from '../text/message.ts';
import { catalogues, type Texts } from '../text/texts.ts';
import { useTexts } from './context.ts';
import { linkTo } from './route.ts';

/** Values that lead somewhere. */
const linked: Readonly<Record<string, string>> = { server: 'server', service: 'service' };

/** A message in which servers and services are links. Values are text: nothing from outside becomes markup. */
export function Say({ text }: { readonly text: Message }): JSX.Element {
  return <>{rendered(text, useTexts())}</>;
}

function rendered({ key, values }: Message, texts: Texts): ComponentChildren {
  return piecesOf(catalogues[texts.language][key], values).map((piece, index) => (
    <Fragment key={index}>
      {'words' in piece ? piece.words : valueOf(piece.name, piece.value, texts)}
    </Fragment>
  ));
}

function valueOf(name: string, value: MessageValue, texts: Texts): ComponentChildren {
  const view = Object.hasOwn(linked, name) ? linked[name] : undefined;
  if (typeof value === 'string' && view !== undefined && value !== '')
    return (
      <a class="name" href={linkTo(view, value)}>
        {value}
      </a>
    );
  if (typeof value !== 'object') return texts.writeValue(value);
  if ('key' in value) return rendered(value, texts);
  return value.map((each, index) => [index === 0 ? '' : ', ', rendered(each, texts)]);
}
