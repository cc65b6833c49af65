/** The selector of what n8n's editor marks for tests. */
export function testId(id: string): string {
	return `[data-test-id="${id}"]`;
}

/** The same, of what is on the screen. */
export function visible(id: string): string {
	return `${testId(id)}:visible`;
}
