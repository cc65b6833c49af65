/** Import this before n8n-core, which reads its settings when it is loaded. */
import { useN8nFolder } from '../../test/support/n8nFolder';
import '../nodeFiles';

// The image stays here until the check has read it. Keys are never stored here.
useN8nFolder('live');
process.env.N8N_LOG_LEVEL = 'silent';
