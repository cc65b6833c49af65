/** What `import fc from 'fast-check'` is in a test: with the seed of the run, which its jest.config.js has as a global. */
const fastCheck = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

fastCheck.configureGlobal(globalThis.fastCheck);

module.exports = fastCheck;
