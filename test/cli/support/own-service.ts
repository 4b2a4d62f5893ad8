import { Program, type Ended } from './program.js';
import { Service } from './service.js';

export interface OwnService {
  program: Program;
  service: Service;
  /** In the folder of the service, so that the key in ./data is found without being given. */
  ureg: (...args: string[]) => Promise<Ended>;
  /** What a command answers as JSON; it must have worked. */
  json: <T>(...args: string[]) => Promise<T>;
}

/** The program and a real service of its own for a whole file. */
export function useOwnService(env?: Record<string, string>): OwnService {
  const own = {} as OwnService;
  beforeAll(async () => {
    own.program = new Program();
    own.service = new Service(own.program.home, env);
    await own.service.start();
  });
  afterAll(async () => {
    await own.service.stop();
    own.program.remove();
  });
  own.ureg = (...args) => own.program.run(args, { env: { UREG_SERVER: own.service.url } });
  own.json = async <T>(...args: string[]): Promise<T> => {
    const ended = await own.ureg(...args, '-o', 'json');
    expect([args, ended.code, ended.code === 0 ? '' : ended.stderr]).toEqual([args, 0, '']);
    return JSON.parse(ended.stdout) as T;
  };
  return own;
}
