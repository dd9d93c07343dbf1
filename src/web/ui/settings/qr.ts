// SPDX-License-Identifier: MIT
// qr.ts - a text as one path of a QR code, with its quiet zone of 4 modules.

import { encode } from 'uqr';

export function renderSVG(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  let path = '';
  data.forEach((row, y) => row.forEach((dark, x) => {
    if (dark) path += `M${x} ${y}h1v1h-1z`;
  }));
  return { size, path };
}
