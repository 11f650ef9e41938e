// SPDX-License-Identifier: GPL-2.0-or-later
/** The lines of docs/editors.md for Neovim and Emacs, as they are printed: a log that is opened has its errors shown. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../cli/specialbit.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-editors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log = join(folder, 'log.sb.jsonl');
writeFileSync(log, '{"specialbit":1}\n{"type":"mmap","label":"ring","pages":1,"prot":"rq"}\n');
// the lines start the command by its name
const command = join(folder, 'specialbit');
writeFileSync(
  command,
  `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'packages/cli/bin/specialbit.js')}" "$@"\n`,
);
chmodSync(command, 0o755);
const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, TOLD: join(folder, 'told'), LOG: log };

/** The block of this language in the document, in a file that begins with it and goes on with `more`. */
function printed(language: string, more: string): string {
  const document = readFileSync(join(root, 'docs/editors.md'), 'utf8');
  const [, lines] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(document) as unknown as [
    string,
    string,
  ];
  const file = join(folder, `init.${language}`);
  writeFileSync(file, `${lines}${more}`);
  return file;
}

const told = (): string => readFileSync(env.TOLD, 'utf8').trim();
const ERROR = /^2: .*prot: expected a protection .* found "rq"/;

const [, minor = '0'] =
  /^NVIM v0\.(\d+)/.exec(spawnSync('nvim', ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? [];
it.skipIf(Number(minor) < 8)('Neovim (skipped without 0.8 or later: apt-get install neovim)', () => {
  const init = printed(
    'lua',
    `vim.api.nvim_create_autocmd('VimEnter', { callback = function()
  vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end)
  local d = vim.diagnostic.get(0)[1] or { lnum = -1, message = 'none' }
  vim.fn.writefile({ (d.lnum + 1) .. ': ' .. d.message:gsub('\\n', ' ') }, vim.env.TOLD)
  vim.cmd('qa!')
end })\n`,
  );
  const log_ = { ...env, NVIM_LOG_FILE: join(folder, 'nvim.log') };
  const { stderr } = spawnSync('nvim', ['--headless', '-n', '-i', 'NONE', '-u', init, log], {
    ...{ encoding: 'utf8', timeout: 60_000, cwd: folder, env: log_ },
  });
  expect(told(), stderr).toMatch(ERROR);
});

const EGLOT = "(progn (package-initialize) (require 'eglot))";
const emacs = spawnSync('emacs', ['-Q', '--batch', '--eval', EGLOT], { encoding: 'utf8' });
it.skipIf(emacs.status !== 0)('Emacs (skipped without eglot: apt-get install emacs-nox elpa-eglot)', () => {
  const init = printed(
    'elisp',
    `${EGLOT}
(find-file (getenv "LOG"))
; nobody types in a batch
(run-hooks 'post-command-hook)
(let ((until (+ (float-time) 30)))
  (while (and (< (float-time) until) (null (flymake-diagnostics)))
    (accept-process-output nil 0.1)
    (when flymake-mode (flymake-start))))
(let ((d (car (flymake-diagnostics))))
  (write-region (format "%s: %s" (line-number-at-pos (flymake-diagnostic-beg d)) (flymake-diagnostic-text d))
                nil (getenv "TOLD")))
(setq eglot-autoreconnect nil)
(kill-emacs 0)\n`,
  );
  const { stderr } = spawnSync('emacs', ['-Q', '--batch', '-l', init], {
    ...{ encoding: 'utf8', timeout: 60_000, cwd: folder, env: { ...env, HOME: folder } },
  });
  expect(told(), stderr).toMatch(ERROR);
});
