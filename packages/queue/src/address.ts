// SPDX-License-Identifier: GPL-2.0-or-later
import { SearchError } from '@specialbit/search';
import { Redis } from 'ioredis';

/** Where a Redis is. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
}

const PORT = 6379;

/** Reads `redis://USER:PASSWORD@HOST:PORT/DB`; `rediss://` is over TLS. Throws SearchError `search.queue`. */
export function redisAddress(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const db = url === undefined ? undefined : /^\/?(\d*)$/.exec(url.pathname)?.[1];
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '' || db === undefined) {
    throw new SearchError('search.queue', `expected redis://HOST:PORT as the queue, found ${shownAddress(text)}`);
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? PORT : Number(url.port),
    db: Number(db),
    tls: url.protocol === 'rediss:',
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
  };
}

/** Without what is secret in it. */
export const shownAddress = (text: string): string => text.replace(/\/\/[^@/]*@/, '//...@');

/** What both Redis clients are opened with: they wait for a server that is gone, and send then what was not answered. */
export function redisOptions({ tls, ...address }: RedisAddress) {
  return {
    ...address,
    ...(tls && { tls: {} }),
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(100 * times, RETRY_MS),
  };
}

const RETRY_MS = 1000;
/** A server that does not answer for so long at the start is taken for none. */
const REACH_MS = 5000;

/** A client of a server that is there. Throws SearchError `search.queue` where none answers. */
export async function connect(address: string, warn: (text: string) => void): Promise<Redis> {
  const options = redisOptions(redisAddress(address));
  const client = new Redis({ ...options, lazyConnect: true, connectTimeout: REACH_MS });
  let reached = false;
  let gone = false;
  let last = 'no answer';
  client.on('error', (error: Error & { code?: string }) => {
    last = error.code ?? error.message;
    if (reached && !gone) warn(`${shownAddress(address)} is gone (${last}); waiting for it`);
    gone = reached;
  });
  client.on('ready', () => {
    if (gone) warn(`${shownAddress(address)} is back`);
    gone = false;
    reached = true;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    client.disconnect();
    const why = error instanceof Error && /NOAUTH|WRONGPASS/.test(error.message) ? error.message : last;
    throw new SearchError('search.queue', `no queue at ${shownAddress(address)}: ${why}`);
  }
  return client;
}
