import type { z } from 'zod';
import { assert, WrongRequest } from '../../base/errors.ts';
import type { LoginPlace } from '../../flows/ports/operator-access.ts';
import type { Operator, OperatorSession } from '../../flows/ports/operators.ts';
import type { Permission } from '../../flows/permissions.ts';
import type { FileLimits } from '../read-file.ts';

/** Who may call a route: anyone, whoever is signed in, or whoever's role grants the permission. */
export type Access = 'anyone' | 'signed-in' | Permission;

/** What a handler works with: everything checked, nothing of Koa. */
export interface ConsoleCall<Body, Query> {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly query: Query;
  /** The body of a route that takes a file, as it arrives; empty on others. */
  readonly file: AsyncIterable<Uint8Array>;
  /** Throws OurBug on a route that anyone may call. */
  readonly operator: Operator;
  readonly session: OperatorSession | null;
  readonly sessionToken: string | null;
  /** Where the call comes from. */
  readonly place: LoginPlace;
  /** Gives the browser a session, or takes it away with null. */
  readonly setSession: (session: { readonly token: string; readonly expiresAtMs: number } | null) => void;
}

/** A call as it came in. */
export type RawCall = Omit<ConsoleCall<unknown, unknown>, 'operator'>;

/** One line of the route table: enough to serve it, guard it and document it. */
export interface ConsoleRoute {
  /** Also the operationId in the API's description and the route's name in metrics. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/console, with `:id` for parameters. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly query: z.ZodType | null;
  readonly body: z.ZodType | null;
  /** Most bytes of a JSON body, where the usual ones are too few. */
  readonly bodyBytesMax: number | null;
  /** Set where the body is a file and no JSON. */
  readonly file: FileLimits | null;
  readonly answer: z.ZodType;
  /** Reads the call by the schemas, handles it and returns the answer, read by its own schema on the way out. */
  readonly run: (call: RawCall) => Promise<unknown>;
}

interface RouteSpec<Body extends z.ZodType, Query extends z.ZodType, Answer extends z.ZodType> extends Pick<
  ConsoleRoute,
  'name' | 'method' | 'path' | 'access' | 'summary'
> {
  readonly body?: Body;
  readonly bodyBytesMax?: number;
  readonly file?: FileLimits;
  readonly query?: Query;
  readonly answer: Answer;
  readonly handle: (call: ConsoleCall<z.output<Body>, z.output<Query>>) => Promise<z.input<Answer>>;
}

/** Makes a line of the route table whose handler sees the types of its schemas. */
export function consoleRoute<
  Answer extends z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
>(spec: RouteSpec<Body, Query, Answer>): ConsoleRoute {
  const { name, method, path, access, summary, answer } = spec;
  return {
    name,
    method,
    path,
    access,
    summary,
    answer,
    query: spec.query ?? null,
    body: spec.body ?? null,
    bodyBytesMax: spec.bodyBytesMax ?? null,
    file: spec.file ?? null,
    run: async (call) => {
      const given = await spec.handle({
        params: call.params,
        session: call.session,
        sessionToken: call.sessionToken,
        place: call.place,
        setSession: call.setSession,
        file: call.file,
        body: readBy(spec.body, call.body) as z.output<Body>,
        query: readBy(spec.query, call.query) as z.output<Query>,
        get operator() {
          assert(call.session !== null, `route ${name} is open to anyone and has no operator`);
          return call.session.operator;
        },
      });
      return answer.parse(given);
    },
  };
}

function readBy(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new WrongRequest('request-invalid', 'the request has faults: see `faults`', { faults });
}
