import { componentWords } from '../kinds/component.words.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { kindGroup } from '../kinds/kind-group.js';
import { idArgument, pathOf } from '../kinds/kind-request.js';
import type { View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';

interface Connection extends Record<string, unknown> {
  connection_string: string;
}

const connectionView: View<Connection> = {
  fields: ['connection_string'],
  columns: [],
  name: (connection) => connection.connection_string,
};

const connectionLeaf: LeafSpec = {
  name: 'connection',
  summary: 'Reveal the connection string of a component',
  description:
    'Needs read:secrets, and is written into the audit trail. On standard output stands the string alone, for other programs.',
  arguments: [idArgument(componentWords)],
  examples: [{ cmd: 'component connection comp_orders-db' }],
  effect: 'reads',
  view: connectionView,
  operations: ['GET /api/v1/components/{id}/connection'],
  async run(context, { args }) {
    const client = await context.client();
    const path = pathOf(componentWords, String(args[0]), 'connection');
    const connection = await client.json<Connection>({ method: 'GET', path }).catch((error: unknown) => {
      if (!(error instanceof CliError) || error.code !== 'connection_string.not_found') throw error;
      throw new CliError(error.code, `${String(args[0])} has no connection string`, {
        exitCode: ExitCode.notFound,
        status: error.status,
        next: `${context.program} component update ${String(args[0])} --connection <url>`,
      });
    });
    if (!context.speaks) return context.one(connection, connectionView);
    await context.writeRaw(`${connection.connection_string}\n`);
  },
};

export const componentCommand = kindGroup(componentWords, [connectionLeaf]);
