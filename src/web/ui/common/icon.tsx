// SPDX-License-Identifier: MIT
// icon.tsx - the line icons: 20 grid, stroke 1.6, round; parts of a path split by "|", circles as c,x,y,r.

const shapes = {
  search: 'c9,9,5.5|M13.2 13.2 17 17', users: 'c7.5,7,3|M2 16.5c.4-3 2.6-4.7 5.5-4.7s5.1 1.7 5.5 4.7|M13 4.3a3 3 0 0 1 0 5.4M15 12.3c1.7.6 2.8 2.1 3 4.2',
  more: 'wM5 10h.01M10 10h.01M15 10h.01', pen: 'M4 16l.7-3.3L13.3 4.1a1.7 1.7 0 0 1 2.5 2.5L7.3 15.3 4 16zM11.8 5.7l2.5 2.5',
  gear: 'M3 6h7M14 6h3M3 14h3M10 14h7|c12,6,2|c8,14,2', bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13L5 14zM8.5 17.5h3',
  mute: 'M5 14V9c0-1 .3-2 .8-2.7M8 4.4A5 5 0 0 1 15 9v4M12.5 15.5h-9L5 14M8.5 17.5h3M3 3l14 14',
  reply: 'M8 5 3.5 9.5 8 14M4 9.5h7.5c3 0 5 2 5 5.5', smile: 'c10,10,7|M7 12c.7 1 1.7 1.5 3 1.5s2.3-.5 3-1.5M7.5 7.8v.4M12.5 7.8v.4',
  plus: 'M10 4v12M4 10h12', x: 'M5 5l10 10M15 5 5 15', back: 'M12.5 4 6.5 10l6 6', down: 'M10 4v11.5M5 11l5 5 5-5',
  pin: 'M7.5 3h5l-.5 5 2.5 3h-9L8 8l-.5-5zM10 11v6', send: 'vM10 16V4.5M5 9.5l5-5 5 5',
  clip: 'M15.5 9.5l-5.6 5.6a3.5 3.5 0 0 1-5-5l6.3-6.2a2.3 2.3 0 0 1 3.3 3.3l-6.2 6.2a1.1 1.1 0 0 1-1.7-1.6l5.2-5.2',
  warn: 'c10,10,7.5|vM10 6v5M10 13.9v.1', bin: 'M4 5.5h12M8 5.5V4h4v1.5M5.5 5.5l.7 11h7.6l.7-11',
  hash: 'M8 3.5 6.5 16.5M13.5 3.5 12 16.5M3.5 7.5h13.5M3 12.5h13.5', lock: 'r4,9,12,8,2.5|M7 9V6.5a3 3 0 0 1 6 0V9',
  eye: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10z|c10,10,2.3', phone: 'r5.5,2.5,9,15,2.5|M9 15h2',
  check: 'M4 10.5l4 4 8-9', cloud: 'M6.5 15.5h8a3 3 0 0 0 .6-5.94M12.5 6.2A4.5 4.5 0 0 0 5.8 9.1 3.3 3.3 0 0 0 6.5 15.5M3 3l14 14',
  copy: 'r7,7,9.5,9.5,2|M13 4H5.5A1.5 1.5 0 0 0 4 5.5V13', link: 'M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1',
  out: 'M12 4H5.5v12H12M9 10h8M14 7l3 3-3 3',
} as const;
export type IconName = keyof typeof shapes;

const part = (d: string) => {
  const n = d.slice(1).split(',').map(Number);
  if (d[0] === 'c') return <circle cx={n[0]} cy={n[1]} r={n[2]} />;
  if (d[0] === 'r') return <rect x={n[0]} y={n[1]} width={n[2]} height={n[3]} rx={n[4]} />;
  if (d[0] === 'w') return <path d={d.slice(1)} stroke-width="2.6" />;
  if (d[0] === 'v') return <path d={d.slice(1)} stroke-width="2" />;
  return <path d={d} />;
};

export const Icon = ({ name, size }: { name: IconName; size?: 15 | 16 | 18 }) => (
  <svg class={size ? `ico s${size}` : 'ico'} viewBox="0 0 20 20" aria-hidden="true">{shapes[name].split('|').map(part)}</svg>
);
