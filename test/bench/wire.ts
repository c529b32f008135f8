import { connect, type Socket } from 'node:net';

// Just enough of WebSocket and Socket.IO to be served like any client.

/** A masked text frame (RFC 6455, section 5.3); a mask of zeros leaves the payload as it is. */
export function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const length = body.length < 126 ? [0x80 | body.length] : [0xfe, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([0x81, ...length]), Buffer.alloc(4), body]);
}

export const pong = frame('3');
export const ping = Buffer.from([0x81, 1, 0x32]);

export function upgradeRequest(path: string, cookie: string | undefined): string {
  const cookies = cookie === undefined ? '' : `Cookie: ${cookie}\r\n`;
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${cookies}` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

/** Sends, and waits until the server's answer contains `marker`. */
export async function ask(socket: Socket, request: string | Buffer, marker: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let seen = '';
    const onClose = () => reject(new Error(`closed before ${marker}: ${seen.slice(0, 300)}`));
    const onData = (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (!seen.includes(marker)) return;
      socket.off('data', onData).off('close', onClose);
      resolve();
    };
    socket.on('data', onData).once('close', onClose);
    socket.write(request);
  });
}

export async function openTcp(port: number, onError: (error: Error) => void): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.on('error', onError);
  await new Promise<void>((resolve) => void socket.once('connect', () => resolve()));
  return socket;
}
