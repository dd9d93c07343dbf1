import type { Text, Key } from './index.js'; import { en } from './en.js'; export const de: Record<Key, Text> = en;
