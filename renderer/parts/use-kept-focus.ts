import { type RefObject, useEffect } from 'react';

/** What is disabled for less than this (a call that is soon answered) keeps the keyboard waiting. */
const soonMs = 500;

/**
 * Where what has the focus goes away (a notice that is dismissed, a list that is removed) or is disabled because there is nothing more to do, the
 * keyboard goes on at the view's heading; what was only disabled for a while has the focus again, unless the person has gone on meanwhile.
 */
export function useKeptFocus(view: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let last: HTMLElement | null = null;
    let standIn: HTMLElement | null = null; // the heading, while `last` is disabled
    let soon: ReturnType<typeof setTimeout> | undefined;
    const remember = ({ target }: FocusEvent) => {
      if (target === standIn) return;
      last = target instanceof HTMLElement ? target : null;
      standIn = null;
    };
    const isThere = () => last?.isConnected;
    const isDisabled = () => isThere() && last?.matches(':disabled');
    // The person has left it, unless it is about to be removed, of which Chromium tells in the same way, or disabled.
    const forget = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (target === (standIn ?? last) && isThere() && (standIn !== null || !isDisabled())) last = standIn = null;
      });
    const isLost = () => last !== null && [document.body, standIn].includes(document.activeElement as HTMLElement);
    const goOn = () => {
      soon = undefined;
      if (!isLost()) return;
      const heading = view.current?.querySelector('h1') ?? null;
      if (isDisabled()) standIn = heading;
      (isThere() && !isDisabled() ? last : heading)?.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(() => {
      if (!isLost()) return;
      if (isDisabled()) soon ??= setTimeout(goOn, soonMs);
      // After two frames, because a dialog that closes gives the focus back after one.
      else requestAnimationFrame(() => requestAnimationFrame(goOn));
    });
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', remember);
    document.addEventListener('focusout', forget);
    return () => {
      clearTimeout(soon);
      observer.disconnect();
      document.removeEventListener('focusin', remember);
      document.removeEventListener('focusout', forget);
    };
  }, [view]);
}
