// SPDX-License-Identifier: GPL-2.0-or-later
/** The page on a port of this machine, for whoever sits at it. */
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, extname, join } from 'node:path';
import { InputError } from '../failure.js';
import { pageFolder, pageWith } from './files.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
};

/** Milliseconds that a file is left alone after it changed: editors write it in several steps. */
const SETTLED = 80;

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves until it is closed. `link`: asked for each page; `file`: watched, and open pages are told. Throws InputError. */
export async function serve(port: number, link: () => Promise<string>, file: string | null): Promise<Served> {
  const waiting = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void answer(request, response, link, file !== null, waiting);
  });
  await listen(server, port);
  const tell = (): void => {
    for (const response of waiting) response.write('event: changed\ndata:\n\n');
  };
  const watcher = file === null ? undefined : watchFile(file, tell);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: async () => {
      watcher?.close();
      for (const response of waiting) response.end();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new InputError('input.port', `--port ${port}: cannot be listened to: ${error.code}`)),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** The folder is watched: editors replace a file by another one of its name. */
function watchFile(file: string, tell: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dirname(file), (_, name) => {
    if (name !== basename(file)) return;
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLED);
  });
  // a folder that is gone changes no more
  watcher.on('error', () => {});
  return watcher;
}

async function answer(
  { headers, method, url }: IncomingMessage,
  response: ServerResponse,
  link: () => Promise<string>,
  live: boolean,
  waiting: Set<ServerResponse>,
): Promise<void> {
  const end = (code: number, text = ''): void => {
    response.statusCode = code;
    response.end(text);
  };
  // a page of another site may have its name resolve to this machine
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? '')) return end(403);
  if (method !== 'GET' && method !== 'HEAD') return end(405);
  const pathname = pathOf(url ?? '/');
  if (pathname === undefined) return end(400);
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  try {
    if (pathname === '/live') return listenLive(response, waiting);
    if (pathname === '/link') {
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      return end(200, await link());
    }
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    if (!/^[\w-]+\.(?:html|js|css|json)$/.test(name)) return end(404);
    response.setHeader('content-type', TYPES[extname(name)]!);
    if (name === 'index.html') return end(200, pageWith(await link(), live));
    response.end(await readFile(join(pageFolder(), name)));
  } catch (error) {
    end((error as NodeJS.ErrnoException).code === 'ENOENT' ? 404 : 500, error instanceof Error ? error.message : '');
  }
}

/** Undefined for what is no address: whoever speaks to the port may ask for anything. */
function pathOf(url: string): string | undefined {
  try {
    return new URL(url, 'http://localhost').pathname;
  } catch {
    return undefined;
  }
}

function listenLive(response: ServerResponse, waiting: Set<ServerResponse>): void {
  response.setHeader('content-type', 'text/event-stream');
  response.write(':\n\n');
  waiting.add(response);
  response.on('close', () => waiting.delete(response));
}
