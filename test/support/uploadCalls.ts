import type { HttpAnswer, HttpCall, Provider } from '../../nodes/ZImage/providers/provider';

const file = { contentType: 'image/png', fileName: 'a.png', bytes: 1 };

/** The call by which a provider takes a file into its storage, or is asked for a place there. */
export function uploadCallOf({ files }: Provider): HttpCall | undefined {
	const upload = files?.upload;
	if (!upload) return undefined;
	return 'upload' in upload ? upload.upload(file, Buffer.from('a')) : upload.initiate(file);
}

/** The texts in the answer to it: the URL or the name of the file, and of its place. */
export function readUpload({ files }: Provider, answer: HttpAnswer): string[] {
	const upload = files?.upload;
	if (!upload) return [];
	if ('upload' in upload) return [upload.parseUpload(answer)];
	const { uploadUrl, fileUrl } = upload.parseInitiate(answer);
	return [uploadUrl, fileUrl];
}
