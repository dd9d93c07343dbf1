// SPDX-License-Identifier: MIT
// mark.tsx - the bird that is a speech bubble, alone, with its name, or on a wire.

export const Bird = () => (
  <>
    <path class="mk-k" d="M24.3 9.2 31 12.6l-5.7 2.7z" />
    <path class="mk-b" d="M15.5 4C21.9 4 26.5 8.8 26.5 15c0 6.6-5 11.5-11.5 11.5-2.6 0-4.6-.5-6.5-.2L1.8 29.4c-.7.2-1.2-.6-.8-1.2l3.3-5.6C3.9 20 4 17.8 4 15.5 4 9 9.1 4 15.5 4z" />
    <path class="mk-w" d="M4 15.4c2.6-1.9 6.8-2.7 10-2.3 2.5.3 3.5 1.9 3.1 4.4-.8 5.2-4.4 8.7-9 8.9L1.8 29.4c-.7.2-1.2-.6-.8-1.2l3.3-5.6c-.3-2.4-.3-4.9-.3-7.2z" />
    <circle cx="20.3" cy="11.3" r="1.5" class="mk-e" />
  </>
);

export const Mark = ({ size = 32 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true"><Bird /></svg>
);

export const Wordmark = () => (
  <span class="wordmark"><Mark />linnet</span>
);

export const BirdOnWire = () => (
  <svg class="bird-wire" viewBox="0 0 180 56" aria-hidden="true">
    <path class="wire" d="M0 34Q90 46 180 34" />
    <g transform="translate(74 2) scale(1.4)"><Bird /></g>
  </svg>
);
