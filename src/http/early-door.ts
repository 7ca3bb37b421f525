import type { IncomingMessage, ServerResponse } from 'node:http';

/** Stands before Koa, for what comes by the thousand a second. */
export interface EarlyDoor {
  /** Whether it answers this request; Koa does not see it then. */
  concerns(request: IncomingMessage): boolean;
  /** Answers the request. Never rejects. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}
