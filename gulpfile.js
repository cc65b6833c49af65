const { dest, src } = require('gulp');

/** Copies the icons beside the compiled nodes and credentials, byte for byte. */
function buildIcons() {
	return src('icons/**/*.svg', { encoding: false }).pipe(dest('dist/icons'));
}
buildIcons.displayName = 'build:icons';

module.exports = { 'build:icons': buildIcons };
