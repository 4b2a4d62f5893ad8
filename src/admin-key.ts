import { makeKey } from './gateway/keys/key-format.js';

/** `npm run admin-key`: a value for REGISTRY_ADMIN_KEY, for a secret store to keep. */
process.stdout.write(`${makeKey('admin_key')}\n`);
