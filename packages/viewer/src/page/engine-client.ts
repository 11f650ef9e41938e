// SPDX-License-Identifier: GPL-2.0-or-later
/** The engine as the page sees it: calls that are answered later. */
import { CodedError } from '@specialbit/events';
import type { Problem } from '@specialbit/view/writing';
import type { Answer, CallName, Calls, Request, Survey } from '../protocol.js';
import { fromBase85 } from '../share/base85.js';

/** What the engine could not do. */
export class EngineError extends CodedError {
  override readonly name = 'EngineError';
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
  get code(): string {
    return this.problem.code;
  }
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

export class EngineClient {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(
    private readonly worker: Worker,
    private readonly onSurvey: (survey: Survey) => void,
  ) {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.take(data);
  }

  call<Name extends CallName>(name: Name, ...asked: Parameters<Calls[Name]>): Promise<ReturnType<Calls[Name]>> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call: name, asked: asked[0] } satisfies Request);
    });
  }

  private take(answer: Answer): void {
    if ('survey' in answer) {
      this.onSurvey(answer.survey);
      return;
    }
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('problem' in answer) waiting?.reject(new EngineError(answer.problem));
    else waiting?.resolve(answer.result as never);
  }
}

/** The script of the worker: within a file that has everything in it, or beside the page. */
export async function startWorker(): Promise<Worker> {
  const engine = packedIn('engine');
  if (engine === null) return new Worker(new URL('engine.js', document.baseURI));
  const recordings = packedIn('recordings');
  // a worker of a page from a disk can load nothing: it has the other script, and runs it when it needs it
  const load = recordings === null ? '' : `self.specialbit_load=()=>{${await unpacked(recordings)}};\n`;
  return new Worker(scriptUrl(load + (await unpacked(engine))));
}

/** A script that stands packed in the page. */
export const packedIn = (id: string): string | null => document.getElementById(id)?.textContent?.trim() || null;

export async function unpacked(packed: string): Promise<string> {
  const stream = new Blob([fromBase85(packed)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return await new Response(stream).text();
}

export const scriptUrl = (script: string): string =>
  URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
