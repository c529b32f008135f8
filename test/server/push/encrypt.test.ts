import { createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  bodyBytes,
  encrypt,
  encryptWith,
  InvalidReceiverKeys,
  maxPayloadBytes,
} from '../../../server/push/encrypt.ts';
import { decrypt } from '../../support/push-service.ts';

// RFC 8291, section 5 and appendix A.
const vector = {
  plaintext: 'When I grow up, I want to be a watermelon',
  senderPrivate: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  receiverPublic: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body:
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml' +
    'mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT' +
    'pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
};

function receiver() {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const auth = Buffer.alloc(16, 7);
  return {
    device: { pair, auth },
    keys: { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') },
  };
}

describe('encrypt', () => {
  it('[PU1] gives the bytes of the test vector in RFC 8291, section 5', () => {
    const sender = createECDH('prime256v1');
    sender.setPrivateKey(vector.senderPrivate, 'base64url');
    const payload = Buffer.from(vector.plaintext);
    const body = encryptWith(
      payload,
      { p256dh: vector.receiverPublic, auth: vector.auth },
      sender,
      sender.getPublicKey(),
      Buffer.from(vector.salt, 'base64url'),
      payload.length + 1,
    );
    expect(body.toString('base64url')).toBe(vector.body);
  });

  it('[PU1] is read by an independent receiver, whatever the message', () => {
    const { device, keys } = receiver();
    const messages = ['', 'x', '{"a":"é 🚨"}', '\u0002\u0000\u0000', 'y'.repeat(maxPayloadBytes)];
    for (const message of messages)
      expect(decrypt(encrypt(Buffer.from(message), keys), device)).toBe(message);
  });

  it('[PU2] makes every body the same size, at most 1.5 kB, with a fresh salt and sender key', () => {
    const { keys } = receiver();
    const bodies = ['', 'short', 'z'.repeat(maxPayloadBytes), 'short', 'short'].map((text) =>
      encrypt(Buffer.from(text), keys),
    );
    for (const body of bodies) expect(body.length).toBe(bodyBytes);
    expect(bodyBytes).toBeLessThanOrEqual(1500);
    expect(new Set(bodies.map((body) => body.subarray(0, 16).toString('hex'))).size).toBe(bodies.length);
    expect(new Set(bodies.map((body) => body.subarray(21, 86).toString('hex'))).size).toBe(bodies.length);
    expect(() => encrypt(Buffer.alloc(maxPayloadBytes + 1), keys)).toThrow(RangeError);
  });

  it('[PU3] refuses keys of a wrong form and points off the curve', () => {
    const { keys } = receiver();
    const point = Buffer.from(keys.p256dh, 'base64url');
    const offCurve = Buffer.from(point);
    offCurve.writeUInt8(offCurve.readUInt8(64) ^ 1, 64);
    const compressed = Buffer.concat([Buffer.of(2), point.subarray(1, 33)]);
    const bad = [
      { ...keys, p256dh: offCurve.toString('base64url') },
      { ...keys, p256dh: compressed.toString('base64url') },
      { ...keys, p256dh: Buffer.alloc(65).toString('base64url') },
      { ...keys, p256dh: Buffer.concat([Buffer.of(4), Buffer.alloc(64)]).toString('base64url') },
      { ...keys, p256dh: Buffer.concat([Buffer.of(6), point.subarray(1)]).toString('base64url') },
      { ...keys, p256dh: '' },
      { ...keys, auth: Buffer.alloc(15).toString('base64url') },
    ];
    for (const each of bad) expect(() => encrypt(Buffer.from('x'), each)).toThrow(InvalidReceiverKeys);
  });
});
