/** Where the LoRAs of the community are, and what the providers load `owner/name` from. */
export const huggingFaceUrl = 'https://huggingface.co';

/**
 * `owner/name` of a repository on Hugging Face (first group), or a weights file in it (second group) as
 * `owner/name/file.safetensors`, folders and the `blob/main` of its page included.
 */
export const hubIdPattern =
	'(\\w[\\w.-]*/\\w[\\w.-]*)(?:/(?:(?:blob|resolve)/main/)?([^#?]+\\.safetensors))?';
