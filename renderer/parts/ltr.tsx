import type { ReactNode } from 'react';

interface LtrProps {
  readonly children: ReactNode;
  readonly className?: string;
}

/** An address, a link or a path by itself: written from left to right, also among words of another direction. Within a sentence: `ltr`. */
export const Ltr = ({ children, className }: LtrProps) => (
  <bdi dir="ltr" className={className}>
    {children}
  </bdi>
);
