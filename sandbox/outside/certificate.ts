import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { TlsFiles } from './service';

const DAY_MS = 86_400_000;
const [INTEGER, BIT_STRING, OCTET_STRING, OID, UTF8, UTC_TIME] = [2, 3, 4, 6, 12, 23];
const [SEQUENCE, SET, DNS_NAME, VERSION, EXTENSIONS] = [0x30, 0x31, 0x82, 0xa0, 0xa3];

/** One value of ASN.1 in DER: its tag, its length, its content. [X.690] */
function der(tag: number, ...content: ReadonlyArray<Uint8Array>): Buffer {
	const bytes = Buffer.concat(content);
	if (bytes.length < 0x80) return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
	const length = Buffer.alloc(2);
	length.writeUInt16BE(bytes.length);
	return Buffer.concat([Buffer.from([tag, 0x82]), length, bytes]);
}

const oid = (hex: string) => der(OID, Buffer.from(hex, 'hex'));
const COMMON_NAME = oid('550403');
const SUBJECT_ALTERNATIVE_NAME = oid('551d11');
const ECDSA_WITH_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'));

const time = (ms: number) =>
	der(UTC_TIME, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

/**
 * A self-signed key and certificate for the given hosts, valid for a day. Only programs with it in
 * `NODE_EXTRA_CA_CERTS` trust it. Node can create keys but no certificates. [RFC 5280, 4.1]
 */
export function makeCertificate(hosts: readonly string[]): TlsFiles {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const name = der(
		SEQUENCE,
		der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, Buffer.from('sandbox')))),
	);
	const names = der(SEQUENCE, ...hosts.map((host) => der(DNS_NAME, Buffer.from(host))));
	const toBeSigned = der(
		SEQUENCE,
		der(VERSION, der(INTEGER, Buffer.from([2]))),
		// A first byte of 1 keeps the number positive and as short as possible.
		der(INTEGER, Buffer.from([1]), randomBytes(8)),
		ECDSA_WITH_SHA256,
		name,
		der(SEQUENCE, time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(
			EXTENSIONS,
			der(SEQUENCE, der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, names))),
		),
	);
	const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
	const certificate = der(SEQUENCE, toBeSigned, ECDSA_WITH_SHA256, signature);
	const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
	};
}
