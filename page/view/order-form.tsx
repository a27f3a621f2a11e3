import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ServiceSession } from '../../src/balancer/service-sessions.ts';
import { adminStates, type AdminState } from '../../src/model/server.ts';
import type { SiteServer } from '../site/site.ts';
import type { TextKey } from '../text/english.ts';
import { useModel, useTexts } from './context.ts';
import { Choice } from './drain-options.tsx';
import { OrderPreview } from './order-preview.tsx';
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
          <Choice
            label=""
            name={texts.say('service')}
            value={service ?? ''}
            onChange={(name) => setService(name || undefined)}
          >
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
