const { useN8nFolder } = require('./support/n8nFolder');

useN8nFolder('test');
process.env.N8N_LOG_LEVEL = 'silent';
