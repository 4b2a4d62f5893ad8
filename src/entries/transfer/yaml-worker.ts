import { parentPort, workerData } from 'node:worker_threads';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { yamlCatalog } from './yaml-catalog.js';
import type { YamlOutcome } from './yaml-items.js';

/** Main file of the thread that reads one catalog in YAML. */
function outcomeOf(text: string): YamlOutcome {
  try {
    return { items: yamlCatalog(text) };
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    return { detail: error.message, errors: error.errors ?? [] };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort!.postMessage(outcomeOf(workerData as string));
