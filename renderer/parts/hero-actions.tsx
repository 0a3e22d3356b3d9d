import { Button, Link } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { AppState, Arguments, CommandName } from '../../preload/contract.ts';
import { call, useStore } from '../store.ts';
import type { Look } from './look.ts';
import './button.css';

interface HasState {
  readonly state: AppState | null;
}
export const isPinned = ({ state }: HasState): boolean => state !== null && state.pinnedId !== null;
const isManual = ({ state }: HasState) => state?.settings.mode === 'manual';
const isSystemOn = ({ state }: HasState) => state?.systemProxy?.status === 'on';
const hasGroup = ({ state }: HasState) => state !== null && state.settings.group !== null;

const isProxyChanged = ({ state }: HasState) => state?.systemProxy?.status === 'changed';
const isTrouble = (state: Look['state']) => state === 'blocked' || state === 'offline' || state === 'captive-portal';

/** What helps in this state; where nothing works because of the person's own choice, that choice is the first to be changed. */
export function HeroActions({ state }: { state: Look['state'] }) {
  const { t } = useTranslation();
  const pinned = useStore(isPinned);
  const manual = useStore(isManual) && !pinned;
  const grouped = useStore(hasGroup) && !pinned && !manual;
  const proxyChanged = useStore(isProxyChanged);
  const blocked = state === 'blocked';
  const isStuck = useStore(isSystemOn) && isTrouble(state);
  const actions = [
    blocked && manual && <Do key="auto" primary name="changeSettings" args={{ mode: 'automatic' }} label={t('hero.chooseAutomatically')} />,
    blocked && grouped && <Do key="all" primary name="changeSettings" args={{ group: null }} label={t('hero.allSources')} />,
    blocked && manual && <Go key="list" to="proxies" label={t('report.seeProxies')} />,
    blocked && !manual && <Do key="test" primary={!grouped} name="testProxies" args={{ ids: 'all' }} label={t('hero.testAgain')} />,
    blocked && !manual && <Go key="add" to="import" label={t('hero.addMore')} />,
    (blocked || state === 'ready') && pinned && <Do key="unpin" name="pinProxy" args={{ id: null }} label={t('hero.unpin')} />,
    (isTrouble(state) || proxyChanged) && <Go key="fix" to="fix" label={t('hero.fix')} />,
    (state === 'testing' || state === 'paused') && <StopTests key="stop" />,
    state === 'paused' && <Go key="add" to="import" label={t('hero.addMore')} />,
    isStuck && <Do key="direct" name="setSystemProxy" args={{ on: false }} label={t('systemProxy.goDirect')} />,
  ].filter(Boolean);
  return actions.length === 0 ? null : <div className="hero-actions">{actions}</div>;
}

interface DoProps<N extends CommandName> {
  readonly name: N;
  readonly args: Arguments<N>;
  readonly label: string;
  readonly primary?: boolean;
}

const Do = <N extends CommandName>({ name, args, label, primary = false }: DoProps<N>) => (
  <Button className={`button ${primary ? 'primary' : ''}`} onPress={() => void call(name, args)}>
    {label}
  </Button>
);

const Go = ({ to, label }: { to: 'import' | 'proxies' | 'fix'; label: string }) => (
  <Link className="button" href={`#/${to}`}>
    {label}
  </Link>
);

/** Tests that were stopped can be started again. */
function StopTests() {
  const { t } = useTranslation();
  const running = useStore((store) => store.state !== null && store.state.testing !== null);
  if (running) return <Do name="cancelTests" args={{}} label={t('proxies.cancelTests')} />;
  return <Do name="testProxies" args={{ ids: 'all' }} label={t('hero.testAgain')} />;
}
