// `npm run check:k8s [-- FOLDER…]`: renders kustomizations (those of k8s/overlays) and holds them against the types of
// Kubernetes and of the operators, and against our policies. Says what is wrong in sentences, and which Secrets are to be given.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { customProblems } from './manifests/custom-resources.mjs';
import { nameOf, rendered } from './manifests/cluster.mjs';
import { nativeProblems } from './manifests/native-objects.mjs';
import { budgetProblems, podProblems } from './manifests/pod-policies.mjs';
import { referenceProblems } from './manifests/references.mjs';
import { secretsOf } from './manifests/secrets.mjs';
import { wayInProblems } from './manifests/ways-in.mjs';

const OVERLAYS = fileURLToPath(new URL('../k8s/overlays', import.meta.url));
const folders = process.argv.slice(2);
let wrong = 0;
for (const folder of folders.length > 0 ? folders : readdirSync(OVERLAYS).map((name) => `${OVERLAYS}/${name}`)) {
  const { count, problems, given } = check(folder);
  for (const problem of problems) console.log(`${folder}: ${problem}`);
  for (const [name, keys] of Object.entries(given)) console.log(`${folder} is to be given the Secret ${name} (${keys.join(', ')})`);
  console.log(`${folder}: ${count} objects, ${problems.length} problems`);
  wrong += problems.length;
} // prettier-ignore
process.exitCode = wrong > 0 ? 1 : 0;

function check(folder) {
  if (!existsSync(folder)) return { count: 0, problems: ['there is no such folder'], given: {} };
  let cluster;
  try {
    cluster = rendered(folder);
  } catch (error) {
    return { count: 0, problems: [error.stderr?.trim() || error.message], given: {} };
  }
  const typed = cluster.objects.flatMap((object) => {
    const found = nativeProblems(object) ?? customProblems(object) ?? ['is of a kind that is not known here'];
    return found.map((problem) => `${nameOf(object)}: ${problem}`);
  });
  // Policies may read any field once the types hold.
  if (typed.length > 0) return { count: cluster.objects.length, problems: typed, given: {} };
  const { given, problems } = secretsOf(cluster);
  return {
    count: cluster.objects.length,
    problems: [
      ...podProblems(cluster),
      ...budgetProblems(cluster),
      ...referenceProblems(cluster),
      ...wayInProblems(cluster),
      ...problems,
    ],
    given,
  };
}
