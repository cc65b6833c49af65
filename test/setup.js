const { mkdirSync } = require('fs');
const { useN8nFolder } = require('./support/n8nFolder');

const folder = process.env.Z_IMAGE_TEST_FOLDER;
mkdirSync(folder, { recursive: true });
useN8nFolder('test', folder);
process.env.N8N_LOG_LEVEL = 'silent';
