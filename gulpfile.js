const { rm } = require('fs/promises');
const { dest, src } = require('gulp');

/** Copies the icons beside the compiled nodes and credentials, byte for byte. */
function buildIcons() {
	return src('icons/**/*.svg', { encoding: false }).pipe(dest('dist/icons'));
}

/** Removes what an earlier build left: a deleted source must not be published. */
async function clean() {
	await rm('dist', { recursive: true, force: true });
}

module.exports = { 'build:icons': buildIcons, clean };
