import type { AppState, ImportReport, Notice } from '../../preload/contract.ts';
import { en } from '../../renderer/locales/en.ts';
import { errors, rejectionSentence } from '../../renderer/locales/en-codes.ts';

export interface Report {
  listening(endpoint: { host: string; port: number }): void;
  ui(url: string): void;
  imported(report: ImportReport): void;
  state(state: AppState): void;
  restored(outcome: string, sentence: string): void;
}

/** Tells on standard output what happens: one JSON object a line, or sentences. */
export function createReport(json: boolean): Report {
  return json ? jsonReport(writeLine) : sentences(writeLine);
}

type Write = (line: string) => void;
const writeLine: Write = (line) => void process.stdout.write(`${line}\n`);

function jsonReport(write: Write): Report {
  const event = (name: string, fields: object) => write(JSON.stringify({ event: name, ...fields }));
  return {
    listening: ({ host, port }) => event('listening', { host, port }),
    ui: (url) => event('ui', { url }),
    imported: ({ added, notSpoken, duplicates, rejected }) =>
      event('imported', {
        added,
        notSpoken,
        duplicates,
        rejected: rejected.map((rejection) => ({ line: rejection.line, reason: rejectionSentence(rejection) })),
      }),
    state: (state) => event('state', withoutSite(state)),
    restored: (outcome) => event('restored', { outcome }),
  };
}

/** What a person reads stays out of a terminal's memory and a service's journal. */
function withoutSite({ refusingSite, ...state }: AppState): object {
  return { ...state, refusingSite: refusingSite && { code: refusingSite.code, proxies: refusingSite.proxies } };
}

function sentences(write: Write): Report {
  const said = { notices: '', status: '', systemProxy: '', lists: '' };
  return {
    listening: ({ host, port }) => write(`Applications connect to ${host}:${port} (SOCKS5 or HTTP proxy).`),
    ui: (url) => write(`Open the interface in your browser: ${url}`),
    imported({ added, notSpoken, duplicates, rejected }) {
      const unusable = notSpoken === 0 ? '' : ` (of these ${notSpoken} not usable yet)`;
      write(`Imported ${added}${unusable}, already there ${duplicates}, not imported ${rejected.length}.`);
      for (const rejection of rejected) write(`  line ${rejection.line}: ${rejectionSentence(rejection)}`);
    },
    state(state) {
      for (const [topic, sentence] of [
        ['notices', noticeSentences(state)],
        ['status', statusSentence(state)],
        ['systemProxy', systemProxySentence(state)],
        ['lists', listsSentence(state)],
      ] as const) {
        if (sentence !== said[topic] && sentence !== '') write(sentence);
        said[topic] = sentence || said[topic];
      }
    },
    restored: (_outcome, sentence) => write(sentence),
  };
}

/** One a line; '' where there is nothing to tell. */
function noticeSentences({ notices }: AppState): string {
  const sentence = ({ code, path = '', count = 0 }: Notice) =>
    en.notices[code].replace('{{path}}', () => path).replace('{{count, number}}', String(count));
  return notices.map(sentence).join('\n');
}

function statusSentence({ status, active, proxies }: AppState): string {
  switch (status) {
    case 'starting':
      return 'Starting.';
    case 'no-proxies':
      return 'There are no proxies yet: import links with --import or in the interface.';
    case 'testing':
      return `Looking for a proxy that works among ${proxies.total}.`;
    case 'ready':
      return `Traffic goes out through ${active?.label} (${active?.protocol}).`;
    case 'blocked':
      return 'No proxy works. Applications are refused until one does; nothing goes out directly.';
    case 'offline':
      return 'This computer has no network. Traffic goes on when it is back.';
    case 'captive-portal':
      return 'This network wants you to log in first: open any page in a browser.';
    case 'stopped':
      return 'Stopped.';
  }
}

/** '' where there is nothing to tell. */
function systemProxySentence({ systemProxy }: AppState): string {
  switch (systemProxy?.status) {
    case 'on':
      return `The whole system goes out through Paperplane (${systemProxy.desktop}).`;
    case 'changed':
      return `Another program has changed the system's proxy setting. It says now: ${systemProxy.other ?? 'no proxy'}.`;
    default:
      return '';
  }
}

/** '' where there is nothing to tell. */
function listsSentence({ pending, subscriptions }: AppState): string {
  if (pending !== null && pending.subscriptions.length > 0) {
    return 'The address of a list of proxies waits for your yes in the interface; --subscribe says yes at once.';
  }
  const failed = subscriptions.find(({ result }) => result !== null);
  return failed?.result ? `The list from ${failed.host} was not fetched: ${errors[failed.result]}` : '';
}
