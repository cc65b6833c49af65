import { join, resolve } from 'node:path';

/** The root of the project. */
export const PROJECT_FOLDER = resolve(__dirname, '..', '..');

/** The example workflows. */
export const EXAMPLES_FOLDER = join(PROJECT_FOLDER, 'examples');

/** n8n's command line, as sandbox/install.mjs installs it. */
export const N8N_SCRIPT = join(PROJECT_FOLDER, 'sandbox/n8n/node_modules/n8n/bin/n8n');

/** Ends n8n when the process that started it is gone. */
export const END_WITH_PARENT_SCRIPT = join(__dirname, 'endWithParent.cjs');
