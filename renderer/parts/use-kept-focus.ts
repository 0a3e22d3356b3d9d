import { type RefObject, useEffect } from 'react';

/**
 * Where what has the focus goes away (a notice that is dismissed, a list that is removed), the keyboard goes on at the view's heading; what was only
 * disabled for a while has the focus again.
 */
export function useKeptFocus(view: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let last: HTMLElement | null = null;
    const remember = ({ target }: FocusEvent) => {
      last = target instanceof HTMLElement ? target : null;
    };
    const isThere = () => last?.isConnected;
    const isDisabled = () => isThere() && last?.matches(':disabled');
    // The person has left it, unless it is about to be removed, of which Chromium tells in the same way, or disabled.
    const forget = ({ target }: FocusEvent) =>
      queueMicrotask(() => {
        if (target === last && isThere() && !isDisabled()) last = null;
      });
    const isLost = () => last !== null && document.activeElement === document.body && !isDisabled();
    const goOn = () => (isThere() ? last : view.current?.querySelector('h1'));
    const observer = new MutationObserver(() => {
      // After two frames, because a dialog that closes gives the focus back after one.
      if (isLost()) requestAnimationFrame(() => requestAnimationFrame(() => isLost() && goOn()?.focus({ preventScroll: true })));
    });
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', remember);
    document.addEventListener('focusout', forget);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', remember);
      document.removeEventListener('focusout', forget);
    };
  }, [view]);
}
