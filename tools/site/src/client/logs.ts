// SPDX-License-Identifier: GPL-2.0-or-later
/** Logs open beside the text, in the viewer. */

let drawer: HTMLDialogElement | undefined;

function makeDrawer(): HTMLDialogElement {
  const made = document.createElement('dialog');
  made.className = 'drawer';
  made.setAttribute('aria-label', 'A log, played');
  const head = document.createElement('div');
  head.className = 'drawer-head';
  const whole = document.createElement('a');
  whole.textContent = 'Open in the whole viewer';
  whole.target = '_blank';
  whole.rel = 'noopener';
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = 'Close';
  close.addEventListener('click', () => made.close());
  head.append(whole, close);
  made.append(head);
  made.addEventListener('click', (event) => {
    if (event.target === made) made.close();
  });
  // what played in it ends with it
  made.addEventListener('close', () => made.querySelector('iframe')?.remove());
  document.body.append(made);
  return made;
}

function open(link: HTMLAnchorElement): void {
  drawer ??= makeDrawer();
  drawer.querySelector('iframe')?.remove();
  const frame = document.createElement('iframe');
  frame.title = 'The log in the viewer';
  frame.src = link.href;
  drawer.append(frame);
  drawer.querySelector('a')!.href = link.href.replace('?embed', '');
  drawer.showModal();
}

export function listenToLogs(): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-log]') : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
}

/** Frames are as tall as what is in them, within reason. */
export function followFrames(): void {
  const frames = [...document.querySelectorAll<HTMLIFrameElement>('iframe.viewer')];
  addEventListener('message', ({ source, data }: MessageEvent<{ specialbit?: string; height?: number } | null>) => {
    if (data?.specialbit !== 'size' || data.height === undefined) return;
    const frame = frames.find((one) => one.contentWindow === source);
    if (frame !== undefined) frame.height = String(Math.min(Math.max(data.height, 320), 760));
  });
}
