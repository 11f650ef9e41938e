// SPDX-License-Identifier: GPL-2.0-or-later
/** What an editor writes, read: a frame that holds no message is left, where the library would end the process over it. */
import type { DataCallback, Disposable, Message } from 'vscode-languageserver';
import { StreamMessageReader } from 'vscode-languageserver/node';

export class CheckedReader extends StreamMessageReader {
  constructor(input: NodeJS.ReadableStream) {
    super(input);
    // who goes away within a frame leaves nothing behind that waits for its end
    this.partialMessageTimeout = 0;
  }

  override listen(callback: DataCallback): Disposable {
    return super.listen((message) => {
      if (isMessage(message)) callback(message);
    });
  }
}

/** A request, a notification or an answer, as JSON-RPC 2.0 has them. */
function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  const { jsonrpc, id, method, params, result, error } = value as Readonly<Record<string, unknown>>;
  if (jsonrpc !== '2.0' || !(id === undefined || id === null || typeof id === 'string' || typeof id === 'number'))
    return false;
  if (method === undefined) return id !== undefined && (result !== undefined || isObject(error));
  return typeof method === 'string' && (params === undefined || params === null || isObject(params));
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
