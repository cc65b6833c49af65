import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** A key and its certificate, as PEM. */
export interface Certificate {
	readonly key: string;
	readonly cert: string;
}

/** A certificate's flaw, if any. */
export type CertificateFlaw = 'expired' | 'none' | 'self-signed' | 'wrong-host';

const dayMs = 24 * 60 * 60 * 1000;

/** One value in DER: a tag, a length, and its content. [ITU-T X.690] */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const size = content.length;
	const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
	return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const octets = (content: Buffer): Buffer => der(0x04, content);
const bits = (content: Buffer): Buffer => der(0x03, Buffer.of(0), content);

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

function nameOf(text: string): Buffer {
	return sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(text)))));
}

function timeOf(ms: number): Buffer {
	const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
	return der(0x17, Buffer.from(digits.slice(2)));
}

const isAuthority = sequence(
	oid(0x55, 0x1d, 0x13),
	der(0x01, Buffer.of(0xff)),
	octets(sequence(der(0x01, Buffer.of(0xff)))),
);

function isFor(host: string): Buffer {
	const address = host.split('.').map(Number);
	const name = address.some(Number.isNaN)
		? der(0x82, Buffer.from(host))
		: der(0x87, Buffer.from(address));
	return sequence(oid(0x55, 0x1d, 0x11), octets(sequence(name)));
}

interface Wanted {
	readonly subject: string;
	readonly issuer: string;
	readonly publicKey: KeyObject;
	readonly signedBy: KeyObject;
	readonly extension: Buffer;
	/** A date this many days from now. */
	readonly validFrom: number;
	readonly validUntil: number;
}

let serial = 1;

/** An X.509 certificate. [RFC 5280] */
function certify(wanted: Wanted): string {
	const { subject, issuer, publicKey, signedBy, extension, validFrom, validUntil } = wanted;
	const now = Date.now();
	const body = sequence(
		der(0xa0, der(0x02, Buffer.of(2))),
		der(0x02, Buffer.of(serial++)),
		ecdsaWithSha256,
		nameOf(issuer),
		sequence(timeOf(now + validFrom * dayMs), timeOf(now + validUntil * dayMs)),
		nameOf(subject),
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, sequence(extension)),
	);
	const certificate = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, signedBy)));
	const lines = certificate.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
	return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

const createKeyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

const authorityName = 'Authority of the fault matrix';
let authority: KeyObject | undefined;

/** The key of an authority that this process trusts, so that a certificate has only the intended flaw. */
function trustedAuthority(): KeyObject {
	if (authority) return authority;
	const { publicKey, privateKey } = createKeyPair();
	const cert = certify({
		subject: authorityName,
		issuer: authorityName,
		publicKey,
		signedBy: privateKey,
		extension: isAuthority,
		validFrom: -1,
		validUntil: 1,
	});
	setDefaultCACertificates([...getCACertificates('default'), cert]);
	authority = privateKey;
	return authority;
}

/** A certificate for this machine with a flaw. */
export function createCertificate(flaw: CertificateFlaw): Certificate {
	const { publicKey, privateKey } = createKeyPair();
	const isOwn = flaw === 'self-signed';
	const cert = certify({
		subject: 'A server of the fault matrix',
		issuer: isOwn ? 'A server of the fault matrix' : authorityName,
		publicKey,
		signedBy: isOwn ? privateKey : trustedAuthority(),
		extension: isFor(flaw === 'wrong-host' ? 'elsewhere.example' : '127.0.0.1'),
		validFrom: -3,
		validUntil: flaw === 'expired' ? -2 : 1,
	});
	return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}
