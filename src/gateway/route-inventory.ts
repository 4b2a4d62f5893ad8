import { Injectable, RequestMethod } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { requirementOf } from './route-requirement.js';

type Method = (...args: never[]) => unknown;

export interface Route {
  /** `GET`, or `ALL`. */
  verb: string;
  /** `GET /api/v1/entities/:id`. */
  name: string;
  /** `EntriesController.get`. */
  place: string;
  /** A permission, `public` or `authenticated`; undefined when none is stated. */
  requirement: string | undefined;
  handler: Method;
}

const listOf = (value: string | string[] | undefined): string[] => [value ?? ''].flat();
const joined = (...parts: string[]): string => `/${parts.join('/')}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');

/** Every HTTP route of the application and what it asks. One that asks nothing stops the start: closed, not forgotten. */
@Injectable()
export class RouteInventory implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const open = this.routes().filter(({ requirement }) => requirement === undefined);
    if (open.length === 0) return;
    const names = open.map(({ name, place }) => `${name} (${place})`).join(', ');
    throw new Error(
      `${open.length === 1 ? 'A route states' : 'Routes state'} no permission: ${names}. ` +
        `Write @Permission('read:…'), @Authenticated() or @Public() on the method or its controller.`,
    );
  }

  routes(): Route[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const controller = metatype as abstract new () => object;
      const prototype = controller.prototype as Record<string, Method>;
      return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
        const handler = prototype[method];
        const paths = Reflect.getMetadata(PATH_METADATA, handler);
        if (paths === undefined) return [];
        const verb = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) ?? RequestMethod.GET];
        return listOf(Reflect.getMetadata(PATH_METADATA, controller)).flatMap((base) =>
          listOf(paths).map((path) => ({
            verb,
            name: `${verb} ${joined(base, path)}`,
            place: `${controller.name}.${method}`,
            requirement: requirementOf(controller, handler),
            handler,
          })),
        );
      });
    });
  }

  /** Permissions that open something, each with the routes it opens. */
  permissions(): { permission: string; routes: string[] }[] {
    const routes = new Map<string, string[]>();
    for (const { name, requirement } of this.routes()) {
      if (!requirement?.includes(':')) continue;
      const known = routes.get(requirement);
      if (known) known.push(name);
      else routes.set(requirement, [name]);
    }
    return [...routes]
      .map(([permission, names]) => ({ permission, routes: names.sort() }))
      .sort((a, b) => a.permission.localeCompare(b.permission, 'en'));
  }
}
