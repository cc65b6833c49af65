/** Imported before n8n-core, which reads its settings when it is loaded. */
import { useN8nFolder } from '../../test/support/n8nFolder';
import '../nodeFiles';

useN8nFolder('faults');
// Whatever n8n logs is looked through for keys, so it logs all it can.
process.env.N8N_LOG_LEVEL = 'debug';
process.env.N8N_LOG_OUTPUT = 'console';
process.env.N8N_LOG_FORMAT = 'json';
