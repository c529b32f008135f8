import { useEffect, useState } from 'preact/hooks';

/** The dark squares as one path, with a quiet zone of two; the side in squares. */
async function draw(text: string): Promise<{ path: string; size: number }> {
  const { encode } = await import('uqr');
  const { data, size } = encode(text, { border: 2 });
  let path = '';
  data.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) path += `M${x} ${y}h1v1h-1Z`;
    });
  });
  return { path, size };
}

/** A QR code; always dark on light, as cameras want it. `label` says what it is for those who do not see it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<{ path: string; size: number } | null>(null);
  useEffect(() => {
    // Without its chunk there is no picture; the link beside it says the same.
    void draw(text).then(setDrawn, () => undefined);
  }, [text]);
  if (!drawn) return <div class="qr qr--coming" />;
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${drawn.size} ${drawn.size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path d={drawn.path} />
    </svg>
  );
}
