// SPDX-License-Identifier: GPL-2.0-or-later
/** The built command in a real terminal: a pane of tmux, with keys in and the screen out. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** For a screen to become what it should be. */
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

export class Pane {
  private readonly socket: string;

  /** A shell in the repository's root, whose prompt is `READY>`. */
  constructor(columns: number, rows: number) {
    const folder = mkdtempSync(join(tmpdir(), 'specialbit-tmux-'));
    this.socket = join(folder, 'socket');
    const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: '', LC_ALL: 'C.UTF-8' };
    const size = ['-x', String(columns), '-y', String(rows)];
    const shell = `exec env PS1='READY> ' bash --norc --noprofile`;
    execFileSync('tmux', ['-S', this.socket, '-f', '/dev/null', 'new-session', '-d', '-s', 'test', ...size, shell], {
      cwd: root,
      env,
    });
    onTestFinished(() => {
      this.tmux('kill-server');
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** Types text as it is. */
  type(text: string): void {
    this.tmux('send-keys', '-t', 'test', '-l', text);
  }

  /** Presses keys by tmux's names: `Enter`, `Space`, `C-c`, `Escape`, `Tab`, `PageDown`. */
  press(...keys: string[]): void {
    this.tmux('send-keys', '-t', 'test', ...keys);
  }

  run(command: string): void {
    this.type(command);
    this.press('Enter');
  }

  /** Starts `specialbit`, which says how it ended. */
  specialbit(args: string): void {
    this.run(`clear; ${process.execPath} packages/cli/bin/specialbit.js ${args}; echo "code:$?"`);
  }

  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-t', 'test', '-x', String(columns), '-y', String(rows));
  }

  /** The rows of the screen, without trailing blanks. */
  screen(): string[] {
    const { stdout } = { stdout: this.tmux('capture-pane', '-p', '-t', 'test') };
    return stdout.replace(/\n$/, '').split('\n');
  }

  /** `alternate_on`, `cursor_flag`, `pane_pid`. */
  format(name: string): string {
    return this.tmux('display-message', '-p', '-t', 'test', `#{${name}}`).trim();
  }

  /** The screen as soon as it matches. */
  async until(pattern: RegExp): Promise<string> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const text = this.screen().join('\n');
      if (pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`the screen never matched ${pattern}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.socket, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }
}
