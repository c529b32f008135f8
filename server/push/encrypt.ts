import { createCipheriv, createECDH, createHmac, type ECDH, randomBytes } from 'node:crypto';

/** The receiving browser's keys, base64url: an uncompressed P-256 point (65 bytes) and 16 secret bytes. */
export type ReceiverKeys = { p256dh: string; auth: string };

/** The subscription's keys cannot receive anything: wrong length, or not a point of the curve. */
export class InvalidReceiverKeys extends Error {
  override readonly name = 'InvalidReceiverKeys';
}

const curve = 'prime256v1';
const recordSize = 4096;
const publicKeyBytes = 65;
const saltBytes = 16;
const headerBytes = saltBytes + 4 + 1 + publicKeyBytes;
const tagBytes = 16;

/** Every message is padded to this length, so that its size tells an observer nothing. */
const paddedBytes = 1024;
/** Bytes of plaintext that one message may have: the rest is one delimiter and padding. */
export const maxPayloadBytes = paddedBytes - 1;
/** Bytes of every body that `encrypt` makes; bridged Android endpoints take 2,744 at most, others 4,096. */
export const bodyBytes = headerBytes + paddedBytes + tagBytes;

const info = (text: string) => Buffer.from(`${text}\0`, 'latin1');
const webPushInfo = info('WebPush: info');
const keyInfo = Buffer.concat([info('Content-Encoding: aes128gcm'), Buffer.of(1)]);
const nonceInfo = Buffer.concat([info('Content-Encoding: nonce'), Buffer.of(1)]);
const firstBlock = Buffer.of(1);
const lastRecord = 2;

// HKDF (RFC 5869) in its two steps. No output here is longer than one block, so expanding is one HMAC; built
// this way it costs a third of `hkdfSync`, which makes a key object for each call.
function hmac(key: Buffer, ...parts: Buffer[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function decodeKeys({ p256dh, auth }: ReceiverKeys): { publicKey: Buffer; secret: Buffer } {
  const publicKey = Buffer.from(p256dh, 'base64url');
  const secret = Buffer.from(auth, 'base64url');
  if (publicKey.length !== publicKeyBytes || publicKey[0] !== 4 || secret.length !== 16) {
    throw new InvalidReceiverKeys('keys of a wrong form');
  }
  return { publicKey, secret };
}

/**
 * Encrypts as RFC 8291 (section 3.4) with the `aes128gcm` coding of RFC 8188 in one record, with a given sender's
 * key pair, salt and length: for `encrypt` below and for the RFC's test vector.
 * @throws InvalidReceiverKeys
 */
export function encryptWith(
  payload: Buffer,
  keys: ReceiverKeys,
  sender: ECDH,
  salt: Buffer,
  paddedLength: number,
): Buffer {
  const { publicKey, secret } = decodeKeys(keys);
  const senderPublicKey = sender.getPublicKey();
  let shared: Buffer;
  try {
    shared = sender.computeSecret(publicKey);
  } catch {
    throw new InvalidReceiverKeys('public key not on the curve');
  }
  const ikm = hmac(hmac(secret, shared), webPushInfo, publicKey, senderPublicKey, firstBlock);
  const pseudoRandomKey = hmac(salt, ikm);
  const contentKey = hmac(pseudoRandomKey, keyInfo).subarray(0, 16);
  const nonce = hmac(pseudoRandomKey, nonceInfo).subarray(0, 12);

  const body = Buffer.allocUnsafe(headerBytes + paddedLength + tagBytes);
  salt.copy(body);
  body.writeUInt32BE(recordSize, saltBytes);
  body[saltBytes + 4] = publicKeyBytes;
  senderPublicKey.copy(body, saltBytes + 5);
  const record = Buffer.alloc(paddedLength);
  payload.copy(record);
  record[payload.length] = lastRecord;
  const cipher = createCipheriv('aes-128-gcm', contentKey, nonce);
  cipher.update(record).copy(body, headerBytes);
  cipher.final();
  cipher.getAuthTag().copy(body, headerBytes + paddedLength);
  return body;
}

// One object serves all messages, one after another: `generateKeys` makes each a key pair of its own, and only
// the setting up of the curve is shared.
const sender = createECDH(curve);

/**
 * Encrypts one message for one subscription (RFC 8291) with a fresh key pair and salt.
 * @param payload at most `maxPayloadBytes`
 * @returns a body of exactly `bodyBytes`, for `Content-Encoding: aes128gcm`
 * @throws InvalidReceiverKeys, and RangeError for a longer payload
 */
export function encrypt(payload: Buffer, keys: ReceiverKeys): Buffer {
  if (payload.length > maxPayloadBytes) throw new RangeError('push payload too long');
  sender.generateKeys();
  return encryptWith(payload, keys, sender, randomBytes(saltBytes), paddedBytes);
}

/** Whether these keys can receive: right lengths, and a point of the curve. */
export function isReceiver(keys: ReceiverKeys): boolean {
  try {
    encrypt(Buffer.alloc(0), keys);
    return true;
  } catch {
    return false;
  }
}
