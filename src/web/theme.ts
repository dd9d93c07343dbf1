// SPDX-License-Identifier: MIT
// theme.ts - before the first paint: the theme that was chosen, or the system's.
const t = localStorage.getItem('linnet.theme');
document.documentElement.dataset.theme = t === 'light' || t === 'dark' ? t : matchMedia('(prefers-color-scheme:dark)').matches ? 'dark' : 'light';
