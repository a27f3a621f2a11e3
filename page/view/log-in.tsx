import type { ComponentChildren, JSX, TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../live/api.ts';
import type { Session } from '../live/model.ts';
import { message, type Message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';
import { linkTo } from './route.ts';
import { Brand } from './shell.tsx';

const leastCharacters = 12;

/** Who asks, before anything is shown. */
export function LogIn(): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [problem, setProblem] = useState<Message>();
  const [isBusy, setBusy] = useState(false);
  const send = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    setBusy(true);
    try {
      const given = { user: data.get('user'), password: data.get('password') };
      model.enter((await model.api.post('/v1/session', given)) as Session);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
      form.querySelector<HTMLInputElement>('[name=password]')?.select();
    }
  };
  return (
    <Gate title={texts.say('logInTitle')} onSend={send}>
      <Field name="user" label={texts.say('user')} autocomplete="username" isFirst />
      <Field name="password" label={texts.say('password')} type="password" autocomplete="current-password" />
      <p class="problem" role="alert">
        {problem !== undefined && texts.write(problem)}
      </p>
      <button class="primary" disabled={isBusy}>
        {texts.say('logIn')}
      </button>
      <button type="button" class="bare small" onClick={() => model.settings.nextLanguage()}>
        {texts.say('languageSwitch')}
      </button>
    </Gate>
  );
}

function problemOf(error: unknown): Message {
  if (!(error instanceof ApiError) || error.status === 0) return message('unreachableServer');
  if (error.status === 429) return message('slowDown', { seconds: error.retryAfterSeconds });
  return error.status === 401 ? message('wrongLogIn') : message('failed', { message: error.message });
}

/** Another password: by choice, or because the first one was made by a program. */
export function PasswordForm({ isForced }: { readonly isForced: boolean }): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [problem, setProblem] = useState<Message>();
  const send = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    const [oldPassword, newPassword, repeated] = ['old', 'new', 'repeated'].map((name) => {
      const value = data.get(name);
      return typeof value === 'string' ? value : '';
    }) as [string, string, string];
    const wrong = wrongWith(newPassword, repeated);
    setProblem(wrong);
    if (wrong !== undefined) return;
    try {
      await model.api.post('/v1/session/password', { oldPassword, newPassword });
      await model.start();
      model.tell({ text: message('passwordChanged') });
      location.hash = linkTo('overview');
    } catch (error) {
      const isOther = error instanceof ApiError && error.status === 401;
      setProblem(isOther ? message('wrongPassword') : problemOf(error));
    }
  };
  return (
    <Gate title={texts.say('changePassword')} onSend={send}>
      {/* Browsers that keep passwords want to know whose. */}
      <input hidden autocomplete="username" value={model.session?.user ?? ''} readOnly />
      {isForced && <p>{texts.say('mustChange')}</p>}
      <Field
        name="old"
        label={texts.say('oldPassword')}
        type="password"
        autocomplete="current-password"
        isFirst
      />
      <Field name="new" label={texts.say('newPassword')} type="password" autocomplete="new-password" />
      <Field
        name="repeated"
        label={texts.say('repeatPassword')}
        type="password"
        autocomplete="new-password"
      />
      <p class="quiet small">{texts.say('passwordRule')}</p>
      <p class="problem" role="alert">
        {problem !== undefined && texts.write(problem)}
      </p>
      <button class="primary">{texts.say('changePassword')}</button>
      {!isForced && (
        <a class="button bare" href={linkTo('overview')}>
          {texts.say('cancel')}
        </a>
      )}
    </Gate>
  );
}

function wrongWith(password: string, repeated: string): Message | undefined {
  const missing = leastCharacters - password.length;
  if (missing > 0) return message('passwordShort', { count: missing });
  return password === repeated ? undefined : message('passwordsDiffer');
}

function Gate({
  title,
  onSend,
  children,
}: {
  readonly title: string;
  readonly onSend: (form: HTMLFormElement) => Promise<void>;
  readonly children: ComponentChildren;
}): JSX.Element {
  const send = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void onSend(event.currentTarget);
  };
  return (
    <section class="gate" aria-labelledby="gate-title">
      <form class="card" onSubmit={send}>
        <p class="brand" aria-hidden="true">
          <Brand />
          Sluice
        </p>
        <h1 id="gate-title">{title}</h1>
        {children}
      </form>
    </section>
  );
}

function Field({
  name,
  label,
  type = 'text',
  autocomplete,
  isFirst = false,
}: {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete: string;
  readonly isFirst?: boolean;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) field.current?.focus();
  }, [isFirst]);
  return (
    <label class="field">
      <span>{label}</span>
      <input ref={field} name={name} type={type} autocomplete={autocomplete} required spellcheck={false} />
    </label>
  );
}
