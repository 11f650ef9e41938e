// SPDX-License-Identifier: GPL-2.0-or-later
/** Within another page: it is told how tall this one is, so that its frame can be made to fit. */
import { effect } from '@preact/signals';
import * as store from './store.js';

export function followSize(): void {
  if (parent === window) return;
  let told = 0;
  const tell = (): void => {
    const height = Math.ceil(document.getElementById('root')!.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // the number says nothing of a log, so that anybody may hear it
    parent.postMessage({ specialbit: 'size', height }, '*');
  };
  new ResizeObserver(tell).observe(document.getElementById('root')!);
  effect(() => {
    document.documentElement.classList.toggle('embedded', store.switches.value.embed);
  });
}
