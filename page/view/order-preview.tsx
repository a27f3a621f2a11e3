import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ServiceSession } from '../../src/balancer/service-sessions.ts';
import type { AdminState } from '../../src/model/server.ts';
import { wordsOf } from '../live/api.ts';
import { commandOf, giveOrder, type DrainChoice, type OrderFor } from '../live/orders.ts';
import { rememberedClients } from '../live/remembered-clients.ts';
import {
  consequencesOf,
  servicesLeftWithout,
  type Consequence,
  type ServerUse,
} from '../site/consequences.ts';
import type { Site, SiteServer } from '../site/site.ts';
import type { TextKey } from '../text/english.ts';
import { message, type Message } from '../text/message.ts';
import { useAsked } from './asked.ts';
import { useModel, useTexts } from './context.ts';
import { DrainOptions } from './drain-options.tsx';
import { Say } from './say.tsx';
import { Sign } from './sign.tsx';

interface PreviewProps {
  readonly order: AdminState;
  readonly subject: OrderFor;
  readonly site: Site;
  readonly sessions: readonly ServiceSession[] | undefined;
  readonly onDone: () => void;
}

const titles = { online: 'ifOnline', drain: 'ifDrain', halt: 'ifHalt' } as const;
const hints = { online: 'hintOnline', drain: 'hintDrain', halt: 'hintHalt' } as const;

/** What an order will do, before it is given. Its numbers stay live. */
export function OrderPreview({ order, subject, site, sessions, onDone }: PreviewProps): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [choice, setChoice] = useState<DrainChoice>({ quietForMs: 0, deadlineMs: undefined, then: 'halt' });
  const [problem, setProblem] = useState<Message>();
  const { server, service } = subject;
  const [about, one] = focused(site, subject);
  const left = servicesLeftWithout(order, about, one);
  const [accepted, setAccepted] = useState(left);
  const remembered = useAsked(`${order} ${server} ${service ?? ''}`, (signal) =>
    order === 'drain' ? rememberedClients(model.api, one, signal) : Promise.resolve([]),
  );
  const use: ServerUse | undefined =
    sessions === undefined ? undefined : { sessions, remembered: remembered.value };
  const give = async (): Promise<void> => {
    const worse = left.filter((name) => !accepted.includes(name));
    if (worse.length > 0) {
      setAccepted(left);
      setProblem(message('worse', { services: worse.join(', ') }));
      return;
    }
    try {
      await giveOrder(model, order, subject, order === 'drain' ? choice : undefined);
      onDone();
    } catch (error) {
      setProblem(message('orderFailed', { message: wordsOf(error) }));
    }
  };
  const may = model.may('operator');
  return (
    <div class="preview">
      <h4>{texts.say(titles[order], { server })}</h4>
      <ul>
        {consequencesOf(order, about, one, use).map((consequence, index) => (
          <ConsequenceLine key={index} consequence={consequence} />
        ))}
      </ul>
      {order === 'drain' && <DrainOptions choice={choice} onChange={setChoice} />}
      <div class="line">
        <button
          class={left.length > 0 ? 'danger' : 'primary'}
          disabled={!may || !model.isLive}
          onClick={() => void give()}
        >
          {texts.say(buttonKey(order, left.length > 0), { server })}
        </button>
        <button onClick={onDone}>{texts.say('cancel')}</button>
      </div>
      <p class="problem small" role="alert">
        {problem !== undefined && texts.write(problem)}
      </p>
      <p class="quiet small">
        {!may
          ? texts.say('needsRole', { role: model.session?.role ?? '' })
          : !model.isLive
            ? texts.say('needsConnection')
            : texts.say(hints[order])}{' '}
        {texts.say('asCommand')} <code>{commandOf(order, subject, choice)}</code>
      </p>
    </div>
  );
}

function buttonKey(order: AdminState, isBad: boolean): TextKey {
  if (order === 'online') return 'giveOnline';
  if (order === 'drain') return isBad ? 'giveDrainAnyway' : 'giveDrain';
  return isBad ? 'giveHaltAnyway' : 'giveHalt';
}

/** The site as far as the order goes. */
function focused(site: Site, { server, service }: OrderFor): readonly [Site, SiteServer] {
  const isMeant = (name: string): boolean => service === undefined || name === service;
  const services = site.services.filter(({ name }) => isMeant(name));
  const servers = site.servers.map((each) => ({
    ...each,
    cells: each.cells.filter((cell) => isMeant(cell.service)),
  }));
  const one = servers.find(({ name }) => name === server) ?? { name: server, host: '', cells: [] };
  return [{ ...site, services, servers }, one];
}

function ConsequenceLine({ consequence }: { readonly consequence: Consequence }): JSX.Element {
  const texts = useTexts();
  const { amount, strong, text } = consequence;
  return (
    <li class={amount === 'bad' ? 'down' : ''}>
      <b>
        {amount === 'bad' ? (
          <Sign name="down" />
        ) : 'count' in amount ? (
          texts.writeValue(amount.count)
        ) : (
          `${amount.percent} %`
        )}
      </b>
      <span>
        {strong !== undefined && <b>{texts.write(strong)}</b>}
        <Say text={text} />
      </span>
    </li>
  );
}
