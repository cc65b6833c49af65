import type { HttpAnswer, HttpCall, Provider } from '../../nodes/ZImage/providers/provider';

const file = { contentType: 'image/png', fileName: 'a.png', bytes: 1 };

/** The call that uploads a file to a provider's storage, or requests an upload URL there. */
export function uploadCallOf({ files }: Provider): HttpCall | undefined {
	const upload = files?.upload;
	if (!upload) return undefined;
	return 'upload' in upload ? upload.upload(file, Buffer.from('a')) : upload.initiate(file);
}

/** The strings in its response: the file's URL or name, and the upload URL. */
export function readUpload({ files }: Provider, answer: HttpAnswer): string[] {
	const upload = files?.upload;
	if (!upload) return [];
	if ('upload' in upload) return [upload.parseUpload(answer)];
	const { uploadUrl, fileUrl } = upload.parseInitiate(answer);
	return [uploadUrl, fileUrl];
}
