/** The page: who is logged in, what they rent, a terminal into it, and what the platform tells them. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { openTerminal, type Notice, type OpenTerminal } from '@launchgate/terminal-gateway/client';
import { createApi, type Api, type Instance } from './api.ts';
import { finishLogin, goToLogin, type Tokens } from './login.ts';
import { follow, type Notification } from './notifications.ts';
import { button, element, item } from './page.ts';
import { readSettings } from './settings.ts';

let open: OpenTerminal | undefined;

void start().catch(problem);

async function start(): Promise<void> {
  const settings = await readSettings();
  const login = element<HTMLButtonElement>('login');
  login.addEventListener('click', () => void goToLogin(settings).catch(problem));
  let tokens: Tokens | undefined;
  try {
    tokens = await finishLogin(settings);
  } finally {
    // Also for whoever was sent back with a refusal: they may try again.
    login.hidden = tokens !== undefined;
  }
  if (tokens === undefined) return;
  element('who').textContent = tokens.subject;
  const logout = element<HTMLButtonElement>('logout');
  logout.hidden = false;
  logout.addEventListener('click', () => location.assign(tokens.logoutUrl));
  const api = createApi(settings.api, tokens);
  follow(settings.api, tokens, showNotification);
  await showInstances(api);
}

async function showInstances(api: Api): Promise<void> {
  const instances = await api.instances();
  element('instances').replaceChildren(...instances.map((instance) => row(api, instance)));
}

function row(api: Api, instance: Instance): HTMLLIElement {
  const name = instance.label ?? instance.id;
  const made = item(name, `${instance.region}, ${instance.status}`);
  if (instance.status === 'running')
    made.append(
      button('Terminal', () => showTerminal(api, instance)),
      button(
        'Report a minute',
        () => void api.reportUsage(instance.id).then((id) => (made.dataset['request'] = id), problem),
      ),
    );
  return made;
}

function showTerminal(api: Api, instance: Instance): void {
  open?.dispose();
  const host = element('terminal');
  host.replaceChildren();
  const terminal = new Terminal({ cursorBlink: true, scrollback: 5000, fontSize: 14 });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(host);
  open = openTerminal({
    terminal,
    fit,
    ticket: (session) => api.ticket(instance.nodeId, session),
    notice: (notice) => showNotice(notice, api, instance),
    status: ({ state }) => (host.dataset['state'] = state),
  });
  terminal.focus();
}

function showNotice(notice: Notice | undefined, api: Api, instance: Instance): void {
  const line = element('notice');
  line.replaceChildren(notice?.text ?? '');
  line.dataset['tone'] = notice?.tone ?? '';
  if (notice?.retry === 'resume')
    line.append(
      ' ',
      button('Resume', () => open?.client.start()),
    );
  if (notice?.retry === 'new-session')
    line.append(
      ' ',
      button('New session', () => showTerminal(api, instance)),
    );
  if (notice?.retry === 'login')
    line.append(
      ' ',
      button('Log in', () => location.reload()),
    );
}

function showNotification({ type, at, requestId, data }: Notification): void {
  const made = item(
    `${type.replaceAll(/[._]/g, ' ')}: ${describe(data)}`,
    `${new Date(at).toLocaleTimeString()}, request ${requestId ?? 'unknown'}`,
  );
  made.dataset['request'] = requestId ?? '';
  element('feed').prepend(made);
}

function describe(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function problem(error: unknown): void {
  element('problem').textContent = error instanceof Error ? error.message : String(error);
}
