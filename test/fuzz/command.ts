// SPDX-License-Identifier: GPL-2.0-or-later
/** The command in this process, and what must hold of its answer whatever the input was. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { processTerminal, run } from '@specialbit/cli';
import { type Answer, type Fault, FILE, type Input, OUT } from './reader.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** As a process writes it, to streams that keep it. */
export async function specialbit(args: readonly string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const to = (which: 'out' | 'err') =>
    ({
      isTTY: false,
      write: (text: string) => {
        said[which] += text;
        return true;
      },
    }) as unknown as NodeJS.WriteStream;
  const code = await run(args, processTerminal({ stdout: to('out'), stderr: to('err'), env: {} }));
  return { code, ...said };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come out
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
/** Of `MARKUP_TEXTS`, where it is still markup. */
const MARKUP = /<img src=x|<script>pwn|(?<!\\)\]\(javascript:pwn|<b>pwn/;
/** A message has at most 2,000 characters, and a code. */
const MESSAGE = 2200;

/** The same for answers that differ only in names and numbers. */
const general = (text: string): string => text.replace(/\d+|0x[0-9a-f]+|"(?:[^"\\]|\\.)*"|\/\S+/gi, '_').slice(0, 160);

export const fault = (kind: Fault['kind'], text: string, where = text): Fault => ({
  kind,
  where: general(where),
  text: text.slice(0, 2000),
});

/** What is wrong with an answer; undefined: nothing. */
export function faultOf({ code, out, err }: Said, args: readonly string[]): Fault | undefined {
  if (/internal error|\[internal\]/.test(err))
    return fault('internal error', err, /.*internal.*/.exec(err)?.[0] ?? err);
  if (![0, 1, 2].includes(code)) return fault('answer', `exit code ${code}: ${err}`, `exit code ${code}`);
  const steering = STEERING.exec(out + err);
  if (steering !== null) return fault('control character', around(out + err, steering.index), args[0] ?? '');
  const last = err.trimEnd().split('\n').at(-1) ?? '';
  if (code === 2 && !last.startsWith('specialbit: '))
    return fault('answer', `exit code 2 without a message: ${err}`, 'no message');
  if (code === 2 && last.length > MESSAGE)
    return fault('answer', `a message of ${last.length} characters: ${last}`, 'long message');
  if (code !== 2 && args.includes('--json')) return jsonFault(out);
  if (args.includes('--markdown') || args.includes('markdown') || args.includes('svg')) return markupFault(out, args);
  return undefined;
}

function jsonFault(out: string): Fault | undefined {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  if (out === '' || isJson(out)) return undefined;
  const bad = out
    .trimEnd()
    .split('\n')
    .find((line) => !isJson(line));
  return bad === undefined ? undefined : fault('answer', `--json printed what is no JSON: ${bad}`, 'no JSON');
}

export function markupFault(text: string, args: readonly string[]): Fault | undefined {
  // what is code is no markup
  const plain = args.includes('svg')
    ? text
    : text.replace(/^(`{3,}).*\n[\s\S]*?^\1`*$/gm, '').replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
  const found = MARKUP.exec(plain);
  return found === null ? undefined : fault('markup', around(plain, found.index), args.join(' '));
}

const around = (text: string, at: number): string => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));

/** Runs the input's command line. */
export async function play(input: Input, file: string, folder: string): Promise<Answer & { readonly said: Said }> {
  const out = `${folder}/out`;
  rmSync(out, { recursive: true, force: true });
  const args = input.args.map((arg) => (arg === FILE ? file : arg === OUT ? out : arg));
  const said = await specialbit(args);
  const found = faultOf(said, args) ?? writtenFault(out, args);
  return { rejected: said.code === 2, said, ...(found !== undefined && { fault: found }) };
}

/** Of the file that was asked for. */
function writtenFault(out: string, args: readonly string[]): Fault | undefined {
  if (!existsSync(out) || !statSync(out).isFile()) return undefined;
  const text = readFileSync(out, 'utf8');
  const steering = STEERING.exec(text);
  // a log is what it was given; JSON escapes nothing beyond U+001F
  const raw = args.includes('open') || args.includes('import') || args.includes('shrink') || args.includes('view');
  if (steering !== null && !raw) return fault('control character', around(text, steering.index), `${args[0]} -o`);
  return args.includes('svg') || args.includes('markdown') ? markupFault(text, args) : undefined;
}
