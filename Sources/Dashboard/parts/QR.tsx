import { useEffect, useState } from "react";

interface Drawn {
  readonly size: number;
  readonly path: string;
}

/** The code's dark squares as one path; the generator comes only where a code is shown. */
async function draw(text: string): Promise<Drawn> {
  const { default: qrcode } = await import("qrcode-generator");
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  return { size, path };
}

/** A QR code; what it says stands beside it on the page. */
export function QR({ text, label }: { text: string; label: string }): JSX.Element {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  useEffect(() => {
    let isWanted = true;
    void draw(text).then((code) => isWanted && setDrawn(code));
    return () => {
      isWanted = false;
    };
  }, [text]);
  return (
    <div className="qr" role="img" aria-label={label}>
      {drawn && (
        <svg
          viewBox={`-1 -1 ${drawn.size + 2} ${drawn.size + 2}`}
          shapeRendering="crispEdges"
          aria-hidden="true"
        >
          <path d={drawn.path} fill="#000" />
        </svg>
      )}
    </div>
  );
}
