import jsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import type { Json } from '../api-client.js';

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7396. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = mergePatch(merged[field], value);
  }
  return merged;
}

/**
 * Kubernetes' own: as a merge patch, but lists of things with names are merged by them, and `$patch` removes or replaces.
 */
export function strategicPatch(target: Json, patch: Json): Json {
  if (Array.isArray(patch)) return patchedList(Array.isArray(target) ? target : [], patch);
  if (!isObject(patch)) return patch;
  const { $patch: directive, ...fields } = patch;
  if (directive === 'delete') return undefined;
  const merged: Record<string, Json> = isObject(target) && directive !== 'replace' ? { ...target } : {};
  for (const [field, value] of Object.entries(fields)) {
    if (field.startsWith('$')) continue;
    const next: Json = value === null ? undefined : strategicPatch(merged[field], value);
    if (next === undefined) delete merged[field];
    else merged[field] = next;
  }
  return merged;
}

function patchedList(target: Json[], patch: Json[]): Json[] {
  const key = ['name', 'type'].find((one) => patch.every((item) => isObject(item) && one in item));
  if (patch.length === 0 || !key) return patch;
  const merged = [...target];
  for (const item of patch) {
    const at = merged.findIndex((one) => one[key] === item[key]);
    const next: Json = strategicPatch(at < 0 ? {} : merged[at], item);
    if (at < 0) merged.push(next);
    else merged[at] = next;
  }
  return merged.filter((item) => item !== undefined);
}

/** By the content type of the request; undefined for one that is not known. */
export function patched(target: Json, patch: Json, type: string): Json {
  if (type === 'application/merge-patch+json') return mergePatch(target, patch);
  if (type === 'application/strategic-merge-patch+json') return strategicPatch(target, patch);
  if (type === 'application/json-patch+json')
    return jsonPatch.applyPatch(structuredClone(target), patch as Operation[]).newDocument;
  return undefined;
}
