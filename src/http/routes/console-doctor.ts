import type { SeeDoctor } from '../../flows/doctor/see-doctor.ts';
import { doctorAnswer } from '../contract/console-doctor.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface DoctorRouteDependencies {
  readonly seeDoctor: SeeDoctor;
}

/** What `npm run cli -- doctor` prints, for the console. */
export function doctorRoutes({ seeDoctor }: DoctorRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'seeDoctor',
      method: 'GET',
      path: '/doctor',
      access: 'payments.view',
      summary: 'Whether everything is set up to pay: what was found, what usually causes it, and what to do',
      answer: doctorAnswer,
      handle: async () => {
        const { atMs, findings } = await seeDoctor();
        return { atMs, findings: findings.map((one) => ({ ...one, causes: [...one.causes], todo: [...one.todo] })) };
      },
    }),
  ];
}
