/** Import this before n8n-core, which reads its settings when it is loaded. */
import { useN8nFolder } from '../../test/support/n8nFolder';
import '../nodeFiles';

useN8nFolder('faults');
// All of n8n's logs are searched for keys, so it logs as much as possible.
process.env.N8N_LOG_LEVEL = 'debug';
process.env.N8N_LOG_OUTPUT = 'console';
process.env.N8N_LOG_FORMAT = 'json';
