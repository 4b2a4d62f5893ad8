// The service as it is where no notification arrives, as behind a pooler of transactions: it hears by asking alone.
import { DatabaseListener } from '../../dist/src/platform/database/database-listener.js';

DatabaseListener.prototype.listen = () => Promise.resolve(() => Promise.resolve());
await import('../../dist/src/main.js');
