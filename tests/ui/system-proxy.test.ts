/** The switch for the whole system, in the real program on a desktop of its own. */
import test from 'node:test';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession, type PrivateSession } from '../rigs/private-session.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const skip = noSession();
const args = ['--import', 'socks5://127.0.0.1:9#Nobody', '--probe', 'http://127.0.0.1:9/'];

/** The program has the session's bus and home, the browser has ours. */
const open = (session: PrivateSession) => openInterface({ args, env: session.env, data: `${session.home}/data` });

test('on, changed by another program, set again, off: the switch says what the system says', { skip }, async () => {
  await using session = await openSession();
  await session.set({ mode: "'manual'", 'http/host': "'proxy.example'", 'http/port': '3128' });
  const before = await session.dump();
  await using ui = await open(session);
  const card = ui.page.getByRole('region', { name: 'Use Paperplane for the whole system' });
  const control = card.getByRole('switch');
  await expect(card).toContainText('Your system uses another proxy now: ⁦proxy.example:3128⁩');
  await expect(control).not.toBeChecked();

  await card.getByText('Use Paperplane for the whole system').click();
  await expect(control).toBeChecked();
  await expect(card).toContainText('GNOME');
  await expect(card).toContainText('If no proxy works they cannot connect');

  await session.set({ mode: "'none'" });
  await expect(card).toContainText('Another program has turned the setting off.');
  await expect(control).not.toBeChecked();
  await card.getByRole('button', { name: 'Set it again' }).click();
  await expect(card).toContainText('If no proxy works they cannot connect');
  await expect(control).toBeChecked();

  await session.set({ mode: "'manual'", 'http/host': "'proxy.example'", 'http/port': '3128' });
  await expect(card).toContainText('Your system uses this now: ⁦proxy.example:3128, 127.0.0.1:');
  await card.getByRole('button', { name: 'Leave it as it is' }).click();
  await expect(card).toContainText('Your system uses another proxy now: ⁦proxy.example:3128⁩');
  expect(await session.dump()).toBe(before);
});

test('where no proxy works, the person may turn it off and go direct', { skip }, async () => {
  await using session = await openSession();
  await using ui = await open(session);
  const { page } = ui;
  await expect(page.getByRole('heading', { name: 'No proxy works right now' })).toBeVisible();
  const direct = page.getByRole('button', { name: 'Turn off and go direct' });
  await expect(direct).toBeHidden();
  await page.getByText('Use Paperplane for the whole system').click();
  await expect(page.getByRole('switch')).toBeChecked();
  await direct.click();
  await expect(page.getByRole('switch')).not.toBeChecked();
  await expect(direct).toBeHidden();
  expect(await session.dump()).toBe('');
});

test('the options: a bypass list that is checked, and what applies at once', { skip }, async () => {
  await using session = await openSession();
  await using ui = await open(session);
  const { page } = ui;
  await page.getByText('Use Paperplane for the whole system').click();
  await expect(page.getByRole('switch')).toBeChecked();
  await page.getByRole('button', { name: 'Options' }).click();
  const dialog = page.getByRole('dialog');
  const list = dialog.getByRole('textbox', { name: 'Addresses that go around Paperplane' });
  await list.fill('*.lan\n<-loopback>');
  await list.blur();
  await expect(dialog).toContainText('This cannot be understood: ⁦<-loopback>⁩');
  await list.fill('*.lan');
  await list.blur();
  const ignored = () => session.gsettings('get', 'org.gnome.system.proxy', 'ignore-hosts');
  await expect.poll(ignored).toContain("'::1', '*.lan']");
  await dialog.getByText('Give the system the address of a script (PAC)').click();
  await expect.poll(() => session.gsettings('get', 'org.gnome.system.proxy', 'mode')).toBe("'auto'\n");
  await expect(dialog.getByRole('switch', { name: 'Never go direct' })).toBeChecked();
});

test('where it cannot be changed: why, and what to set by hand', { skip }, async () => {
  await using session = await openSession({ XDG_CURRENT_DESKTOP: 'sway' });
  await using ui = await open(session);
  const card = ui.page.getByRole('region', { name: 'Use Paperplane for the whole system' });
  await expect(card.getByRole('switch')).toBeDisabled();
  await expect(card).toContainText('This desktop has no proxy setting that Paperplane can change.');
  await expect(card).toContainText(`server ⁦127.0.0.1⁩, port ⁦${(await ui.program.endpoint()).port}⁩.`);
});

test('a change that fails says why beside the switch, which stays off, and what to set by hand', { skip }, async () => {
  await using session = await openSession();
  await session.replace('dconf', '[ "$1" = load ] && exit 1; exec /usr/bin/dconf "$@"');
  await using ui = await open(session);
  const card = ui.page.getByRole('region', { name: 'Use Paperplane for the whole system' });
  await card.getByText('Use Paperplane for the whole system').click();
  await expect(card).toContainText('The system did not take the proxy setting, so everything was put back as it was.');
  await expect(card).toContainText('You can also set it by hand. Enter this as the HTTP and HTTPS proxy');
  await expect(card.getByRole('switch')).not.toBeChecked();
});
