/** Imported before n8n-core, which reads its settings when it is loaded. */
import { useN8nFolder } from '../../test/support/n8nFolder';
import '../nodeFiles';

// The image is kept here until the check has looked at it; a key never is.
useN8nFolder('live');
process.env.N8N_LOG_LEVEL = 'silent';
