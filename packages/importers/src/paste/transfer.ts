// SPDX-License-Identifier: GPL-2.0-or-later
/** Encodings that mail and web pages put a text into: quoted-printable, entities, control characters of terminals. */
import { lookup } from '@specialbit/events';
import type { Line } from '../lines.js';

const ENTITIES: Readonly<Record<string, string>> = lookup({ gt: '>', lt: '<', amp: '&', quot: '"', nbsp: ' ' });
/** Signs of quoted-printable text that no kernel message has. */
const QUOTED_PRINTABLE = /=3D|=20$|=C2=A0/;

/** Lines of one input line when a soft line break joined it with the next: `lines` counts them. */
export interface Received extends Line {
  /** Input lines that this one was made of. */
  readonly lines: number;
}

/** Undoes what the transfer did. A quoted-printable line that ends in `=` goes on in the next one. */
export function received(input: readonly Line[]): Received[] {
  const printable = input.some(({ text }) => QUOTED_PRINTABLE.test(text));
  const out: Received[] = [];
  let open = false;
  for (const { text, line } of input) {
    const soft = printable && text.endsWith('=');
    const decoded = plain(printable ? unquotePrintable(soft ? text.slice(0, -1) : text) : text);
    const last = out.at(-1);
    if (open && last !== undefined) out[out.length - 1] = { ...last, text: last.text + decoded, lines: last.lines + 1 };
    else out.push({ text: decoded, line, lines: 1 });
    open = soft;
  }
  return out;
}

function unquotePrintable(text: string): string {
  if (!text.includes('=')) return text;
  return text.replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Without entities, colours, other control characters, and the blanks that are none. */
function plain(text: string): string {
  let out = text;
  if (out.includes('&')) out = out.replace(/&(gt|lt|amp|quot|nbsp);/g, (_, name: string) => ENTITIES[name]!);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is where they go
  if (/[\u0000-\u0008\u000b-\u001f\u007f\u00a0\ufeff]/.test(out)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is where they go
    out = out.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f\ufeff]/g, '');
    out = out.replaceAll('\u00a0', ' ');
  }
  return out;
}
