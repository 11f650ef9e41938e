// SPDX-License-Identifier: GPL-2.0-or-later
/** What lies out of sight is drawn when all that is in sight has been. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Milliseconds after which it follows, in sight or not: who reads the page otherwise finds it as it is. */
const FOLLOWS = 150;

/** Its children must get what they show from their parent: what they subscribe to themselves draws them at once. */
export function Later({ children }: { readonly children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const drawn = useRef(children);
  const [, draw] = useState(0);
  const again = (): void => draw((times) => times + 1);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const now = entries.some(({ isIntersecting }) => isIntersecting);
        if (now && !near.current) again();
        near.current = now;
      },
      { rootMargin: '40%' },
    );
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const due = useRef<ComponentChildren>(null);
  if (near.current || due.current === children) drawn.current = children;
  useEffect(() => {
    if (drawn.current === children) return;
    const timer = setTimeout(() => {
      due.current = children;
      again();
    }, FOLLOWS);
    return () => clearTimeout(timer);
  }, [children]);
  return (
    <div ref={box} class="drawn-later">
      {drawn.current}
    </div>
  );
}
