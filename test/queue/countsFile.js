const { join } = require('path');

/** Each test file adds a line of JSON to this file, in this run's own folder. */
exports.countsFile = join(process.env.Z_IMAGE_TEST_FOLDER, 'queue-counts.jsonl');
