/** The file behind a link. */
export interface LinkedFile {
	readonly contentType: string;
	readonly bytes: Buffer;
}
