import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { didYouMean } from '../core/nearest.js';
import type { ArgumentSpec, GroupSpec, LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { roleView, type Role } from '../views/role-view.js';
import { questionFor, runBatch } from './batch-answer.js';
import { changedPermissions, PERMISSION_CHANGES, PERMISSION_OPTION, permissionList } from './permission-options.js';

const ROLES_PATH = '/api/v1/gateway/roles';
const NAME: ArgumentSpec = { name: 'role', summary: 'name of the role', required: true, completes: 'role' };
const DESCRIPTION = { flags: '--description <text>', summary: 'what the role is for', common: true };
const IF_MATCH = { flags: '--if-match <revision>', summary: 'only if the role is still at this revision' };

const listCommand: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List the roles, the built-in ones first',
  examples: [{ cmd: 'role list' }],
  effect: 'reads',
  view: roleView,
  operations: ['GET /api/v1/gateway/roles'],
  async run(context) {
    const client = await context.client();
    await context.list(await client.json<Role[]>({ method: 'GET', path: ROLES_PATH }), roleView);
  },
};

const getCommand: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show one role: what it gives and how many keys hold it',
  arguments: [NAME],
  examples: [{ cmd: 'role get developer' }],
  effect: 'reads',
  view: roleView,
  operations: ['GET /api/v1/gateway/roles/{name}'],
  async run(context, { args }) {
    await context.one(await findRole(context, String(args[0])), roleView);
  },
};

const createCommand: LeafSpec = {
  name: 'create',
  summary: 'Make a role of your own from permissions you hold',
  arguments: [{ name: 'name', summary: 'what keys name it by; it never changes', required: true }],
  options: [PERMISSION_OPTION, DESCRIPTION],
  examples: [
    {
      cmd: 'role create release-manager --permission read:*,write:entities --description "Registers releases"',
    },
  ],
  effect: 'writes',
  view: roleView,
  operations: ['POST /api/v1/gateway/roles'],
  async run(context, { args, options }) {
    const permissions = permissionList(options.permission);
    if (!permissions) throw usageError('a role needs at least one --permission');
    const body = { name: String(args[0]), permissions, description: options.description };
    const answer = await context.send({ method: 'POST', path: ROLES_PATH, body });
    if (!answer) return;
    const role = answer.json<Role>();
    await context.changed(
      `created role ${role.name}`,
      role,
      roleView,
      `${context.program} key create --name <name> --role ${role.name}`,
    );
  },
};

const updateCommand: LeafSpec = {
  name: 'update',
  aliases: ['set'],
  summary: 'Change what a role gives, in force at once for every key that holds it',
  description:
    'What is not named stays as it is; a change made by somebody else meanwhile is never undone (exit code 5).',
  arguments: [NAME],
  options: [...PERMISSION_CHANGES, DESCRIPTION, IF_MATCH],
  examples: [{ cmd: 'role update release-manager --add-permission write:service' }],
  effect: 'writes',
  view: roleView,
  operations: ['PUT /api/v1/gateway/roles/{name}'],
  async run(context, { args, options }) {
    const before = await findRole(context, String(args[0]));
    const permissions = changedPermissions(options, before.permissions);
    if (permissions === undefined && options.description === undefined) {
      throw usageError('nothing to change', { reason: 'give --add-permission, --remove-permission or --description' });
    }
    const answer = await context.send({
      method: 'PUT',
      path: rolePath(before.name),
      body: {
        description: options.description ?? before.description,
        permissions: permissions ?? before.permissions,
      },
      ifMatch: (options.ifMatch as string | undefined) ?? String(before.revision),
    });
    if (!answer) return;
    const role = answer.json<Role>();
    await context.changed(`updated role ${role.name} to revision ${role.revision}`, role, roleView);
  },
};

const deleteCommand: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete roles that no key holds',
  arguments: [{ ...NAME, summary: 'names of the roles', variadic: true }],
  options: [IF_MATCH],
  examples: [{ cmd: 'role delete release-manager --yes' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/gateway/roles/{name}'],
  async run(context, { args, options }) {
    const names = args[0] as string[];
    const what = names.length === 1 ? `role ${names[0]}` : `${names.length} roles`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Delete ${what}`));
    await runBatch(
      context,
      {
        items: names,
        done: 'deleted',
        name: (name) => ({ key: name }),
        act: (name) =>
          context.send({ method: 'DELETE', path: rolePath(name), ifMatch: options.ifMatch as string | undefined }),
      },
      `deleted role ${names[0]}`,
    );
  },
};

export const roleCommand: GroupSpec = {
  name: 'role',
  summary: 'Keep sets of permissions under names',
  children: [listCommand, getCommand, createCommand, updateCommand, deleteCommand],
};

function rolePath(name: string): string {
  return `${ROLES_PATH}/${encodeURIComponent(name)}`;
}

async function findRole(context: CommandContext, name: string): Promise<Role> {
  const client = await context.client();
  try {
    return await client.json<Role>({ method: 'GET', path: rolePath(name) });
  } catch (error) {
    if (!(error instanceof CliError) || error.exitCode !== ExitCode.notFound) throw error;
    const roles = await client.json<Role[]>({ method: 'GET', path: ROLES_PATH });
    const reason = didYouMean(
      name,
      roles.map((role) => role.name),
    );
    throw new CliError(error.code, error.message, { ...error, reason });
  }
}
