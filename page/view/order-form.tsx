import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ServiceSession } from '../../src/balancer/service-sessions.ts';
import { adminStates, type AdminState } from '../../src/model/server.ts';
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
import { Say } from './say.tsx';
import { Sign } from './sign.tsx';

const choices = {
  online: ['optionOnline', 'takesEveryone'],
  drain: ['optionDrain', 'takesKnown'],
  halt: ['optionHalt', 'takesNone'],
} as const satisfies Readonly<Record<AdminState, readonly [TextKey, TextKey]>>;

interface FormProps {
  readonly server: SiteServer;
  readonly sessions: readonly ServiceSession[] | undefined;
  /** An order that a link asks for. */
  readonly asked: string | null;
}

/** Three orders with what each takes. To choose one only shows what it will do. */
export function OrderForm({ server, sessions, asked }: FormProps): JSX.Element {
  const { site } = useModel();
  const texts = useTexts();
  const [chosen, setChosen] = useState(adminStates.find((state) => state === asked));
  const [service, setService] = useState<string>();
  const cells = server.cells.filter((cell) => service === undefined || cell.service === service);
  const present = cells.every(({ adminState }) => adminState === cells[0]?.adminState)
    ? cells[0]?.adminState
    : undefined;
  return (
    <section>
      <div class="line">
        <h3 id="orders-title">{texts.say('orders')}</h3>
        {server.cells.length > 1 && (
          <Choice label="" name={texts.say('service')} value={service ?? ''} onChange={(name) => setService(name || undefined)}>
            <option value="">{texts.say('allServices')}</option>
            {server.cells.map((cell) => (
              <option key={cell.service} value={cell.service}>
                {cell.service}
              </option>
            ))}
          </Choice>
        )}
      </div>
      <div class="order-choice" role="radiogroup" aria-labelledby="orders-title">
        {adminStates.map((state) => (
          <label key={state}>
            <input
              type="radio"
              name="order"
              value={state}
              checked={(chosen ?? present) === state}
              onChange={() => setChosen(state)}
            />
            <b>
              <Sign name={state === 'online' ? 'up' : state} />
              {texts.say(choices[state][0])}
              {state === present && <span class="tag">{texts.say('now')}</span>}
            </b>
            <span class="quiet">{texts.say(choices[state][1])}</span>
          </label>
        ))}
      </div>
      {chosen !== undefined && chosen !== present && site !== undefined && (
        <OrderPreview
          key={`${chosen} ${service ?? ''}`}
          order={chosen}
          subject={{ server: server.name, service }}
          site={site}
          sessions={sessions?.filter((each) => service === undefined || each.service === service)}
          onDone={() => setChosen(undefined)}
        />
      )}
    </section>
  );
}

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
function OrderPreview({ order, subject, site, sessions, onDone }: PreviewProps): JSX.Element {
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

const minuteMs = 60_000;
const deadlines = [10, 30, 120] as const;

function DrainOptions({
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

function Choice({
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
