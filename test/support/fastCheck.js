/**
 * `import fc from 'fast-check'` in a test leads here. It uses the run's seed, a global set by its
 * jest.config.js.
 */
const fastCheck = require('../../node_modules/fast-check/lib/cjs/fast-check.js');

fastCheck.configureGlobal(globalThis.fastCheck);

module.exports = fastCheck;
