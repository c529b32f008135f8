import { createCipheriv, createECDH, type ECDH, hash, randomFillSync } from 'node:crypto';

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
/** What the padding of a message for a service that takes no long ones is rounded up to: still no exact length. */
const shortStep = 64;
/** Bytes of every body that `encrypt` makes unless it is to be short; bridged Android endpoints take 2,744 at most, others 4,096. */
export const bodyBytes = headerBytes + paddedBytes + tagBytes;

const info = (text: string) => Buffer.from(`${text}\0`, 'latin1');
const webPushInfo = info('WebPush: info');
const keyInfo = Buffer.concat([info('Content-Encoding: aes128gcm'), Buffer.of(1)]);
const nonceInfo = Buffer.concat([info('Content-Encoding: nonce'), Buffer.of(1)]);
const firstBlock = Buffer.of(1);
// Where each message is padded before it is encrypted: there is only one at a time.
const plaintext = Buffer.alloc(recordSize);
const lastRecord = 2;

const blockBytes = 64;
const hashBytes = 32;
// As a string of bytes: a buffer of its own for each digest would be one more thing with a finalizer to collect.
const sha256 = (data: Buffer) => hash('sha256', data, 'binary');
// The longest text that is hashed here follows the key: the info of RFC 8291 with both public keys.
const inner = Buffer.alloc(blockBytes + 256);
const outer = Buffer.alloc(blockBytes + hashBytes);

/**
 * HMAC-SHA-256 (RFC 2104) for keys of at most a block. Two one-shot hashes in memory that is used again: a
 * `createHmac` for each of a message's five steps leaves as many objects with finalizers to collect.
 */
function hmac(key: Buffer, ...parts: Buffer[]): Buffer {
  inner.fill(0x36, 0, blockBytes);
  outer.fill(0x5c, 0, blockBytes);
  for (let i = 0; i < key.length; i += 1) {
    const byte = key[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  let end = blockBytes;
  for (const part of parts) end += part.copy(inner, end);
  outer.write(sha256(inner.subarray(0, end)), blockBytes, 'latin1');
  return Buffer.from(sha256(outer), 'latin1');
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
  senderPublicKey: Buffer,
  salt: Buffer,
  paddedLength: number,
): Buffer {
  const { publicKey, secret } = decodeKeys(keys);
  let shared: Buffer;
  try {
    shared = sender.computeSecret(publicKey);
  } catch {
    throw new InvalidReceiverKeys('public key not on the curve');
  }
  // HKDF (RFC 5869) in its two steps; no output is longer than a block, so that expanding is one HMAC.
  const ikm = hmac(hmac(secret, shared), webPushInfo, publicKey, senderPublicKey, firstBlock);
  const pseudoRandomKey = hmac(salt, ikm);
  const contentKey = hmac(pseudoRandomKey, keyInfo).subarray(0, 16);
  const nonce = hmac(pseudoRandomKey, nonceInfo).subarray(0, 12);

  const body = Buffer.allocUnsafe(headerBytes + paddedLength + tagBytes);
  salt.copy(body);
  body.writeUInt32BE(recordSize, saltBytes);
  body[saltBytes + 4] = publicKeyBytes;
  senderPublicKey.copy(body, saltBytes + 5);
  const record = plaintext.subarray(0, paddedLength).fill(0);
  payload.copy(record);
  record[payload.length] = lastRecord;
  const cipher = createCipheriv('aes-128-gcm', contentKey, nonce);
  cipher.update(record).copy(body, headerBytes);
  cipher.final();
  cipher.getAuthTag().copy(body, headerBytes + paddedLength);
  return body;
}

// Random bytes are asked for by the page: each call to the generator costs more than a hash.
const randomPool = Buffer.alloc(saltBytes * 256);
let taken = randomPool.length;
function nextSalt(): Buffer {
  if (taken === randomPool.length) {
    randomFillSync(randomPool);
    taken = 0;
  }
  taken += saltBytes;
  return randomPool.subarray(taken - saltBytes, taken);
}

// One object serves all messages, one after another: `generateKeys` makes each a key pair of its own, and only
// the setting up of the curve is shared.
const sender = createECDH(curve);

/**
 * Encrypts one message for one subscription (RFC 8291) with a fresh key pair and salt.
 * @param payload at most `maxPayloadBytes`
 * @param size `padded` as every message is; `short` for a service that said it is too long
 * @returns a body of exactly `bodyBytes`, or of fewer, for `Content-Encoding: aes128gcm`
 * @throws InvalidReceiverKeys, and RangeError for a longer payload
 */
export function encrypt(payload: Buffer, keys: ReceiverKeys, size: 'padded' | 'short' = 'padded'): Buffer {
  if (payload.length > maxPayloadBytes) throw new RangeError('push payload too long');
  const publicKey = sender.generateKeys();
  const length = size === 'padded' ? paddedBytes : Math.ceil((payload.length + 1) / shortStep) * shortStep;
  return encryptWith(payload, keys, sender, publicKey, nextSalt(), length);
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
