import type { FastifyReply, FastifyRequest } from 'fastify';
import { respond, send } from '../../faults';
import { queryOf } from '../../host';
import type { Picture } from '../../picture/picture';
import type { Steering } from '../../steering';
import { refusalOf, type Flavor, type Place } from './flavor';

const MOST = 10_000;

interface OwnFile {
	readonly pictures: readonly Picture[];
	readonly steering: Steering;
}

/** The images that a server stores and returns itself, with its own key. */
export class OwnFiles {
	private readonly files = new Map<string, OwnFile>();

	constructor(private readonly place: Place) {
		place.context.onReset(() => this.files.clear());
	}

	/** Stores a request's images under a name. */
	add(name: string, file: OwnFile): void {
		this.files.set(name, file);
		const [oldest] = this.files.keys();
		if (this.files.size > MOST && oldest !== undefined) this.files.delete(oldest);
	}

	/** Answers a download: the first image, or the one in `?variant=`. */
	async send(
		flavor: Flavor,
		name: string,
		request: FastifyRequest,
		reply: FastifyReply,
	): Promise<unknown> {
		const { context } = this.place;
		const refused = refusalOf(this.place, flavor, request);
		if (refused !== undefined) return await send(reply, refused);
		const file = this.files.get(name);
		const picture = file?.pictures[Number(queryOf(request)['variant'] ?? 0)];
		if (file === undefined || picture === undefined) {
			return await send(reply, flavor.errorFor(404));
		}
		return await respond({
			context,
			stage: 'download',
			key: name,
			faults: file.steering.faults.download,
			request,
			reply,
			error: flavor.errorFor,
			answer: async () => {
				const { contentType, bytes } = await context.imageFile(picture);
				return { status: 200, headers: { 'content-type': contentType }, body: bytes };
			},
		});
	}
}
